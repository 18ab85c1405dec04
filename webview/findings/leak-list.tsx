import type { LeakGroup } from "../../src/profile/evidence.ts";
import { clipped, formatBytes } from "../text/format.ts";

export function LeakList({ groups }: { readonly groups: readonly LeakGroup[] }) {
  if (groups.length === 0) return null;
  return (
    <table class="finding-table">
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col" class="number">
            Count
          </th>
          <th scope="col" class="number">
            Size
          </th>
          <th scope="col">Allocated by</th>
        </tr>
      </thead>
      <tbody>
        {groups.map(({ type, frame, library, count, bytes }) => (
          <tr key={`${type} ${frame} ${library}`}>
            <td>{clipped(type, 120)}</td>
            <td class="number">{count.toLocaleString("en-US")}</td>
            <td class="number">{formatBytes(bytes)}</td>
            <td>
              {frame === "" ? <span class="quiet">not attributed</span> : clipped(frame, 120)}{" "}
              <span class="quiet">{clipped(library, 80)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
