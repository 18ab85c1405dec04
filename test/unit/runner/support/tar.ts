/** Archives that no honest program writes: names and links as they are given. */

export type TarMember =
  | { readonly name: string; readonly text: string; readonly executable?: boolean }
  | { readonly name: string; readonly link: string; readonly hard?: true }
  | { readonly name: string; readonly folder: true };

const block = 512;
const types = { file: "0", hardLink: "1", link: "2", folder: "5" };

export function tarOf(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.flatMap(memberOf), Buffer.alloc(2 * block)]);
}

function memberOf(member: TarMember): Buffer[] {
  const text = Buffer.from("text" in member ? member.text : "");
  const header = Buffer.alloc(block);
  header.write(member.name, 0, 100);
  const isOpen = "folder" in member || ("executable" in member && member.executable);
  header.write(isOpen ? "0000755\0" : "0000644\0", 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write(" ".repeat(8), 148);
  header.write(typeOf(member), 156);
  if ("link" in member) header.write(member.link, 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, text, Buffer.alloc((block - (text.length % block)) % block)];
}

function typeOf(member: TarMember): string {
  if ("folder" in member) return types.folder;
  if ("text" in member) return types.file;
  return member.hard ? types.hardLink : types.link;
}
