/** Where an output is written until it is complete. */
export function partialFile(output: string): string {
  return `${output}.partial`;
}
