// The program that tests a build. It runs by `node -e` with tfjs-node's folder as its argument, and is text
// because it must not depend on dinc.

export const SELF_TEST_PASSED = "native build works";

export const SELF_TEST = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
if (tf.getBackend() !== "tensorflow") throw new Error("error: the backend is " + tf.getBackend());
const found = Array.from(product.dataSync()).join();
if (found !== "19,22,43,50") throw new Error("error: 2 x 2 matrices multiply to " + found);
console.log(${JSON.stringify(SELF_TEST_PASSED)});
`;
