// A real S3 server, in a process of its own: `node s3rver.cjs FOLDER BUCKET`. Says its port.
const S3rver = require("@20minutes/s3rver");

const [directory, bucket] = process.argv.slice(2);
const options = { directory, silent: true, address: "127.0.0.1", port: 0 };
const server = new S3rver({ ...options, configureBuckets: [{ name: bucket }] });
// It checks a listing's signature as that of "/bucket", while Amazon's SDK asks for "/bucket/".
server.middleware.splice(-1, 0, (context, next) => {
  if (/^\/[^/]+\/$/.test(context.path)) {
    context.state.vhost = true;
    context.mountPath = "/";
  }
  return next();
});
server.run().then(({ port }) => process.send(port));
process.on("disconnect", () => process.exit());
