/** Which TCP ports a process listens on: the only sure way from a process to its inspector. */
import { readdir, readFile, readlink } from "node:fs/promises";
import { run, type Tool, ToolError } from "../../toolchain/run.ts";

/** Empty for a process that is gone or of another user. */
export async function listeningPorts(pid: number, signal?: AbortSignal): Promise<number[]> {
  const options = { timeoutMs: 10_000, ...(signal && { signal }) };
  switch (process.platform) {
    case "linux":
      return fromProc(pid);
    case "win32":
      return parseNetstat((await run(netstat, ["-ano", "-p", "TCP"], options)).stdout, pid);
    default: {
      const args = ["-nP", "-a", "-p", String(pid), "-iTCP", "-sTCP:LISTEN", "-Fn"];
      const { stdout } = await run(lsof, args, options).catch((error: unknown) => {
        // How lsof says that there is nothing to list.
        if (error instanceof ToolError && error.exitCode === 1) return { stdout: "" };
        throw error;
      });
      return parseLsof(stdout);
    }
  }
}

const netstat: Tool = { command: "netstat", howToGet: "It is a part of Windows." };
const lsof: Tool = { command: "lsof", howToGet: "It is a part of macOS." };

async function fromProc(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}`;
  const fds = await readdir(`${folder}/fd`).catch(() => []);
  const links = await Promise.all(fds.map((fd) => readlink(`${folder}/fd/${fd}`).catch(() => "")));
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = ["tcp", "tcp6"].map((name) => readFile(`${folder}/net/${name}`, "utf8"));
  const texts = await Promise.all(tables.map((table) => table.catch(() => "")));
  return unique(
    texts
      .flatMap(parseProcNet)
      .filter(({ inode }) => inodes.has(inode))
      .map(({ port }) => port),
  );
}

/** The listening sockets of a `/proc/net/tcp` table. */
export function parseProcNet(table: string): { port: number; inode: string }[] {
  const listening = /^\s*\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} 0A (?:\S+\s+){5}(\d+)/gm;
  return [...table.matchAll(listening)].map(([, port, inode]) => ({
    port: Number.parseInt(port!, 16),
    inode: inode!,
  }));
}

/** Lines such as `n127.0.0.1:9229`. */
export function parseLsof(output: string): number[] {
  return unique([...output.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port)));
}

/** By the remote address of a listener, as the word for its state is translated. */
export function parseNetstat(output: string, pid: number): number[] {
  const listening = /^\s*TCP\s+\S+:(\d+)\s+(?:0\.0\.0\.0|\[::\]):0\s+\S+\s+(\d+)\s*$/gm;
  return unique(
    [...output.matchAll(listening)]
      .filter(([, , owner]) => Number(owner) === pid)
      .map(([, port]) => Number(port)),
  );
}

function unique(ports: readonly number[]): number[] {
  return [...new Set(ports)];
}
