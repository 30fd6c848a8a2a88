// Prints one JSON object: {file: the Khronos validator's report} for the files given.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import validator from "gltf-validator";

const reports = {};
for (const file of process.argv.slice(2)) {
  const bytes = new Uint8Array(await readFile(file));
  const beside = async (uri) =>
    new Uint8Array(await readFile(resolve(dirname(file), decodeURIComponent(uri))));
  reports[file] = await validator.validateBytes(bytes, {
    uri: file,
    maxIssues: 1000,
    externalResourceFunction: beside,
  });
}
process.stdout.write(JSON.stringify(reports));
