/** One line for a person before each thing that takes time, and how long it took after. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  console.log(`• ${title} …`);
  const start = performance.now();
  const result = await work();
  console.log(`  done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}
