/** Ends a mocha process that something keeps alive after its last test, and fails it. */
const graceMs = 20_000;

export const mochaHooks = {
  afterAll(): void {
    const end = () => {
      const open = process.getActiveResourcesInfo().join(", ");
      console.error(`Still running ${graceMs / 1000} s after the last test; open: ${open}`);
      process.exit(1);
    };
    setTimeout(end, graceMs).unref();
  },
};
