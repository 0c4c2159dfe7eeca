// Prints code as the C source of an addon for Node: each exported function becomes one of JavaScript, which takes
// the memory as a typed array and then its numbers.

import type { CodeModule } from "../code/code.ts";
import { NODE_API } from "./node-api.ts";
import { printC } from "./print.ts";

const PREFIX = "din_";

const ARGUMENTS = `/* The memory, with the numbers in x; NULL and an exception for other arguments. */
static char *arguments(napi_env env, napi_callback_info info, uint32_t *x, size_t count) {
  napi_value given[8];
  size_t found = count + 1;
  void *memory = NULL;
  int failed = napi_get_cb_info(env, info, &found, given, NULL, NULL) || found != count + 1 ||
    napi_get_typedarray_info(env, given[0], NULL, NULL, &memory, NULL, NULL);
  for (size_t i = 0; !failed && i < count; i++) failed = napi_get_value_uint32(env, given[i + 1], &x[i]);
  if (!failed) return memory;
  napi_throw_type_error(env, NULL, "a memory and its numbers");
  return NULL;
}
`;

/** `isFused`: whether a product and its sum are rounded once. */
export function printNodeAddon(module: CodeModule, isFused: boolean): string {
  const wrappers = module.exports.map(({ name, index }) => {
    const { parameters } = module.functions[index]!;
    const values = ["M", ...Array.from({ length: parameters }, (_, i) => `x[${i}]`)].join(", ");
    return `static napi_value call_${name}(napi_env env, napi_callback_info info) {
  uint32_t x[${Math.max(parameters, 1)}];
  char *M = arguments(env, info, x, ${parameters});
  if (M) ${PREFIX}${name}(${values});
  return NULL;
}`;
  });
  const registered = module.exports.map(
    ({ name }) =>
      `  if (napi_create_function(env, "${name}", ${name.length}, call_${name}, NULL, &f) ||
      napi_set_named_property(env, exports, "${name}", f)) return NULL;`,
  );
  return `${isFused ? "#define DINC_FUSED\n" : ""}${printC(module, PREFIX)}
${NODE_API}
${ARGUMENTS}
${wrappers.join("\n")}
__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value f;
${registered.join("\n")}
  return exports;
}
`;
}
