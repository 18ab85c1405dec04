/** What samples weigh, in the profile's own unit: time, or cycles where only those were counted. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { formatTime } from "../text/format.ts";

export type FormatWeight = (weight: number) => string;

export const WeightContext = createContext<FormatWeight>(formatTime);

export function useWeight(): FormatWeight {
  return useContext(WeightContext);
}
