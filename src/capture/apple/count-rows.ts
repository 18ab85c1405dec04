/** How many rows an exported table has, by its tags alone. */
import { createReadStream } from "node:fs";

const tag = Buffer.from("<row>");

export async function countRows(path: string): Promise<number> {
  let rows = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let at = bytes.indexOf(tag);
    let end = 0;
    while (at >= 0) {
      rows++;
      end = at + tag.length;
      at = bytes.indexOf(tag, end);
    }
    rest = bytes.subarray(Math.max(end, bytes.length - tag.length + 1));
  }
  return rows;
}
