import type { SampleTable } from "../../profile/profile.ts";

/** The samples in the order of their times; those of one time stay as they are. */
export function sortSamples({ length, node, time, weight, thread }: SampleTable): SampleTable {
  const order = Uint32Array.from(time, (_, row) => row);
  order.sort((a, b) => time[a]! - time[b]! || a - b);
  return {
    length,
    node: Uint32Array.from(order, (row) => node[row]!),
    time: Float64Array.from(order, (row) => time[row]!),
    weight: Float64Array.from(order, (row) => weight[row]!),
    thread: Uint16Array.from(order, (row) => thread[row]!),
  };
}
