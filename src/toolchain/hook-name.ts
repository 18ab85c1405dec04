/**
 * The script of ours that each program runs whose start we shape, from a folder of its capture that
 * is gone when the profile is read. One shim knows another on PATH by it.
 */
export const hookName = "hangscope-hook.cjs";
