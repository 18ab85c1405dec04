/** Why this Node cannot run us, or `undefined`: an older one fails on our code without a reason. */
export function oldNodeMessage(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  return `hangscope needs Node 22.18 or later; this is ${version}.`;
}
