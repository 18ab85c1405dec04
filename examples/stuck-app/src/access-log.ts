/** A day of a small web shop's access log: made up, but the same at every run. */

const routes = [
  { method: "GET", path: "/", typicalMs: 8 },
  { method: "GET", path: "/products", typicalMs: 25 },
  { method: "GET", path: "/products/search", typicalMs: 90 },
  { method: "POST", path: "/cart", typicalMs: 30 },
  { method: "POST", path: "/checkout", typicalMs: 140 },
  { method: "GET", path: "/orders", typicalMs: 45 },
] as const;

const day = Date.UTC(2026, 2, 14);
const dayMs = 24 * 60 * 60 * 1000;

/** Times of day at which the shop's database was slow, as shares of the day. */
const outages = [0.21, 0.47, 0.48, 0.83];
const outageLength = 0.006;

/** One line per request: `<ISO time> <method> <path> <status> <ms>ms user=<id>`. */
export function accessLog(requests: number): string {
  const random = seededRandom(20260314);
  const lines: string[] = [];
  for (let i = 0; i < requests; i++) {
    const share = i / requests;
    const route = routes[Math.floor(random() * routes.length)]!;
    const slow = outages.some((start) => share >= start && share < start + outageLength);
    const ms = Math.ceil(route.typicalMs * (0.5 + random() * (slow ? 40 : 1.5)));
    const status = slow && random() < 0.1 ? 503 : 200;
    const time = new Date(day + share * dayMs).toISOString();
    const user = Math.floor(random() * 5000);
    lines.push(`${time} ${route.method} ${route.path} ${status} ${ms}ms user=${user}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Numbers from 0 to 1 by the mulberry32 recipe, so that runs can be compared. */
function seededRandom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), seed | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
