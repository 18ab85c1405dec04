import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseLsof, parseNetstat, parseProcNet } from "../../../src/capture/v8/listening-ports.ts";

describe("listening ports", () => {
  it("reads /proc/net/tcp: listeners only, with their inodes", () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 54321 1 0000000000000000 100 0 0 10 0
   1: 0100007F:240D 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 54322 1 0000000000000000 20 4 30 10 -1
  12: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0000000000000000 100 0 0 10 0
`;
    assert.deepEqual(parseProcNet(table), [
      { port: 9229, inode: "54321" },
      { port: 3000, inode: "777" },
    ]);
  });

  it("reads lsof, each port once", () => {
    const output = "p123\nf20\nn127.0.0.1:9229\nf21\nn*:3000\nf22\nn[::1]:3000\n";
    assert.deepEqual(parseLsof(output), [9229, 3000]);
  });

  it("reads netstat of one process, in any language", () => {
    const output = [
      "  Proto  Lokale Adresse         Remoteadresse          Status           PID",
      "  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN          1016",
      "  TCP    127.0.0.1:9229         0.0.0.0:0              ABHÖREN          4242",
      "  TCP    127.0.0.1:9229         127.0.0.1:50312        HERGESTELLT      4242",
      "  TCP    [::1]:3000             [::]:0                 ABHÖREN          4242",
      "",
    ].join("\r\n");
    assert.deepEqual(parseNetstat(output, 4242), [9229, 3000]);
  });
});
