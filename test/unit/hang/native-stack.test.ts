import assert from "node:assert/strict";
import { nativeCulprit } from "../../../src/formats/hang-capture/native-culprit.ts";
import { parseEuStack, parseSample } from "../../../src/hang/native-stack.ts";

const euStack = `PID 7923 - process
TID 7923:
#0  0x0000000002077b9a sha512_block_data_order_avx2 - /opt/node/bin/node
#1  0x0000000002688c90 ncrypto::pbkdf2(ncrypto::Digest const&, unsigned int, void (*)(int)) - /opt/node/bin/node
#2  0x0000000000c4cfb9 node::crypto::CryptoJob<node::crypto::PBKDF2Traits>::Run(v8::FunctionCallbackInfo<v8::Value> const&) - /opt/node/bin/node
#3  0x00007fb3a758f08d - /opt/node/bin/node
#4  0x00007fb3a758d654
#5  0x0000000000e22df1 v8::internal::(anonymous namespace)::Invoke(v8::internal::Isolate*) - /opt/node/bin/node
#6  0x0000000000805735 node::Environment::isStopping() const - /opt/node/bin/node
#7  0x00007fb3c684524a __libc_start_call_main - /usr/lib/libc.so.6
eu-stack: dwfl_thread_getframes tid 7923: no error
`;

/** As \`sample\` prints a Node process inside pbkdf2Sync. */
const sample = `Analysis of sampling node (pid 4242) every 10 milliseconds
Process:         node [4242]
Path:            /opt/homebrew/bin/node
Load Address:    0x102f24000

Call graph:
    88 Thread_6788599   DispatchQueue_1: com.apple.main-thread  (serial)
    + 88 start  (in dyld) + 6992  [0x18e0c1d54]
    +   88 node::Start(int, char**)  (in node) + 604  [0x1030081a0]
    +     80 uv_run  (in node) + 412  [0x103a2d1d8]
    +     ! 80 v8::internal::(anonymous namespace)::Invoke(v8::internal::Isolate*)  (in node) + 1240,1252,...  [0x1032b1c10,0x1032b1c1c,...]
    +     !   80 ???  (in <unknown binary>)  [0x10a4a3b2c]
    +     !     80 ???  (in node) load address 0x102f24000 + 0x1348a0  [0x1030588a0]
    +     !       80 node::crypto::PBKDF2Job(v8::FunctionCallbackInfo<v8::Value> const&)  (in node) + 40  [0x1030e2a10]
    +     !         60 sha512_block_data_order  (in libcrypto.3.dylib) + 120  [0x104c2a118]
    +     !         20 HMAC_Update  (in libcrypto.3.dylib) + 12  [0x104b9001c]
    +     8 uv__io_poll  (in node) + 744  [0x103a3f004]
    88 Thread_6788610: node platform worker
    + 88 thread_start  (in libsystem_pthread.dylib) + 8  [0x18e44ab80]
    +   88 uv_cond_wait  (in node) + 40  [0x103a3b5ac]

Total number in stack (recursive counted multiple, when >=5):
        5       uv_cond_wait  (in node) + 40  [0x103a3b5ac]

Binary Images:
       0x102f24000 -        0x1065b7fff +node (0) <4C4C4485-5555-3144-A1AB-7B0E2B6B1B1A> /opt/homebrew/bin/node
`;

describe("native stacks", () => {
  it("of eu-stack are read with their modules, without parameters", () => {
    const frames = parseEuStack(euStack);
    assert.deepEqual(
      frames.map(({ name, module }) => [name, module]),
      [
        ["sha512_block_data_order_avx2", "/opt/node/bin/node"],
        ["ncrypto::pbkdf2", "/opt/node/bin/node"],
        ["node::crypto::CryptoJob<node::crypto::PBKDF2Traits>::Run", "/opt/node/bin/node"],
        ["0x00007fb3a758f08d", "/opt/node/bin/node"],
        ["0x00007fb3a758d654", "unknown"],
        ["v8::internal::(anonymous namespace)::Invoke", "/opt/node/bin/node"],
        ["node::Environment::isStopping", "/opt/node/bin/node"],
        ["__libc_start_call_main", "/usr/lib/libc.so.6"],
      ],
    );
    assert.equal(frames[nativeCulprit(frames)]!.name, frames[2]!.name);
  });

  it("of sample are the heaviest way through the main thread", () => {
    const frames = parseSample(sample);
    assert.deepEqual(
      frames.map(({ name, module }) => [name, module]),
      [
        ["sha512_block_data_order", "libcrypto.3.dylib"],
        ["node::crypto::PBKDF2Job", "node"],
        ["0x1030588a0", "node"],
        ["0x10a4a3b2c", "<unknown binary>"],
        ["v8::internal::(anonymous namespace)::Invoke", "node"],
        ["uv_run", "node"],
        ["node::Start", "node"],
        ["start", "dyld"],
      ],
    );
    assert.equal(frames[nativeCulprit(frames)]!.name, "node::crypto::PBKDF2Job");
  });

  it("that are none, or cut, give what there is", () => {
    for (const text of ["", "Call graph:", "nonsense\n#x\n", "Call graph:\n\n"]) {
      assert.deepEqual(parseEuStack(text), []);
      assert.deepEqual(parseSample(text), []);
    }
    const cut = sample.slice(0, sample.indexOf("uv_run") + 3);
    assert.deepEqual(
      parseSample(cut).map(({ name }) => name),
      ["uv_", "node::Start", "start"],
    );
    assert.deepEqual(
      parseEuStack("#0  0x00 a - /m\n#1  0x").map(({ name }) => name),
      ["a"],
    );
  });

  it("name the innermost function where no JavaScript called", () => {
    const frames = parseEuStack("#0  0x01\n#1  0x02 read - /libc\n#2  0x03 main - /m\n");
    assert.equal(nativeCulprit(frames), 1);
    assert.equal(nativeCulprit(parseEuStack("#0  0x01\n")), -1);
  });

  it("name what JavaScript called where V8's own code has names, as in Node 20", () => {
    const names = [
      "EVP_DigestFinal_ex",
      "node::crypto::CryptoJob<node::crypto::PBKDF2Traits>::Run(int)",
      "v8::internal::FunctionCallbackArguments::Call(v8::internal::CallHandlerInfo)",
      "v8::internal::MaybeHandle<int> v8::internal::(anonymous namespace)::HandleApiCallHelper<false>(int)",
      "v8::internal::Builtin_HandleApiCall(int, unsigned long*)",
      "Builtins_CEntry_Return1_ArgvOnStack_BuiltinExit",
      "Builtins_InterpreterEntryTrampoline",
      "Builtins_JSEntry",
      "v8::internal::(anonymous namespace)::Invoke(int)",
      "uv_run",
    ];
    const text = names.map((name, i) => `#${i}  0x0${i} ${name} - /node\n`).join("");
    assert.equal(nativeCulprit(parseEuStack(text)), 1);
  });

  it("take no time to read, however hostile", () => {
    const open = `#0  0x0 ${"f(".repeat(20_000)} - /m\n`;
    assert.equal(parseEuStack(open).length, 1);
    assert.equal(parseSample(`Call graph:\n${" + ! : |".repeat(20_000)}`).length, 0);
    const names = "a (in ".repeat(5_000);
    assert.equal(parseSample(`Call graph:\n 1 ${names}`).length, 1);
  });
});
