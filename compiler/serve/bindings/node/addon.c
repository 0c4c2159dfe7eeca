/*
 * The library in C as an addon for Node. A request is one block of memory: dinc_rows for each part, then values; a place whose
 * address is still an offset in the block is in the list of places. The few functions of Node-API are declared here, so no header
 * is needed; Node contains them, and their binary interface is stable.
 */
#include "../NAME.h"
#include <stdlib.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
int napi_get_typedarray_info(napi_env, napi_value, int *, size_t *, void **, napi_value *, size_t *);
int napi_get_value_double(napi_env, napi_value, double *);
int napi_create_double(napi_env, double, napi_value *);
int napi_get_value_string_utf8(napi_env, napi_value, char *, size_t, size_t *);
int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
int napi_set_named_property(napi_env, napi_value, const char *, napi_value);

typedef struct { napi_value of[8]; } arguments;

static arguments given(napi_env env, napi_callback_info info) {
  arguments a;
  size_t count = 8;
  memset(&a, 0, sizeof a);
  napi_get_cb_info(env, info, &count, a.of, NULL, NULL);
  return a;
}

static double number(napi_env env, napi_value value) {
  double x = 0;
  napi_get_value_double(env, value, &x);
  return x;
}

static void *handle(napi_env env, napi_value value) { return (void *)(uintptr_t)number(env, value); }

static void *array(napi_env env, napi_value value, size_t *length) {
  void *data = NULL;
  size_t count = 0;
  napi_get_typedarray_info(env, value, NULL, &count, &data, NULL, NULL);
  if (length != NULL) *length = count;
  return data;
}

static napi_value result(napi_env env, double x) {
  napi_value value = NULL;
  napi_create_double(env, x, &value);
  return value;
}

/* A block with addresses in the places of offsets. */
static dinc_rows *block(napi_env env, napi_value bytes, napi_value places, napi_value count) {
  char *at = (char *)array(env, bytes, NULL);
  const uint32_t *place = (const uint32_t *)array(env, places, NULL);
  const size_t n = (size_t)number(env, count);
  for (size_t i = 0; i < n; i++) {
    uint64_t address;
    memcpy(&address, at + place[i], 8);
    address += (uint64_t)(uintptr_t)at;
    memcpy(at + place[i], &address, 8);
  }
  return (dinc_rows *)(void *)at;
}

/* load(bytes): a model, or a code below 100. */
static napi_value dinc_call_load(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  const NAME_model *model = NULL;
  size_t size = 0;
  const void *bytes = array(env, a.of[0], &size);
  const int code = NAME_load_bytes(bytes, size, &model);
  return result(env, code ? code : (double)(uintptr_t)model);
}

/* loadFile(path): the same. */
static napi_value dinc_call_loadFile(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  const NAME_model *model = NULL;
  char path[4096];
  size_t length = 0;
  napi_get_value_string_utf8(env, a.of[0], path, sizeof path, &length);
  const int code = NAME_load(path, &model);
  return result(env, code ? code : (double)(uintptr_t)model);
}

static napi_value dinc_call_unload(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_unload((const NAME_model *)handle(env, a.of[0]));
  return NULL;
}

static napi_value dinc_call_open(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_session *session = NULL;
  const int code = NAME_open((const NAME_model *)handle(env, a.of[0]), NULL, &session);
  return result(env, code ? code : (double)(uintptr_t)session);
}

static napi_value dinc_call_close(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_close((NAME_session *)handle(env, a.of[0]));
  return NULL;
}

/* user(session, type of the histories, bytes, places, count) */
static napi_value dinc_call_user(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  dinc_request request;
  request.history = (dinc_type)number(env, a.of[1]);
  request.parts = block(env, a.of[2], a.of[3], a.of[4]);
  return result(env, NAME_user((NAME_session *)handle(env, a.of[0]), &request));
}

/* scores(session, whether as logits, bytes, places, count, scores) */
static napi_value dinc_call_scores(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_session *session = (NAME_session *)handle(env, a.of[0]);
  const dinc_rows *rows = block(env, a.of[2], a.of[3], a.of[4]);
  float *scores = (float *)array(env, a.of[5], NULL);
  return result(env, number(env, a.of[1]) != 0 ? NAME_logits(session, rows, scores) : NAME_rank(session, rows, scores));
}

/* best(session, label, bytes, places, count, pairs of an index and a score): how many, or minus a code */
static napi_value dinc_call_best(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_session *session = (NAME_session *)handle(env, a.of[0]);
  size_t length = 0, found = 0;
  double *pairs = (double *)array(env, a.of[5], &length);
  NAME_top *best = (NAME_top *)malloc((length / 2 + 1) * sizeof *best);
  int code;
  if (best == NULL) return result(env, -2);
  code = NAME_top_k(session, block(env, a.of[2], a.of[3], a.of[4]), length / 2, (int)number(env, a.of[1]), best, &found);
  for (size_t i = 0; code == 0 && i < found; i++) {
    pairs[2 * i] = (double)best[i].index;
    pairs[2 * i + 1] = (double)best[i].score;
  }
  free(best);
  return result(env, code ? -code : (double)found);
}

static napi_value text(napi_env env, const char *bytes) {
  napi_value value = NULL;
  napi_create_string_utf8(env, bytes, strlen(bytes), &value);
  return value;
}

static napi_value dinc_call_error(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  return text(env, NAME_error((const NAME_session *)handle(env, a.of[0])));
}

static napi_value dinc_call_message(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  return text(env, NAME_message((int)number(env, a.of[0])));
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct {
    const char *name;
    napi_callback call;
  } all[] = {
      {"load", dinc_call_load},   {"loadFile", dinc_call_loadFile}, {"unload", dinc_call_unload}, {"open", dinc_call_open},
      {"close", dinc_call_close}, {"user", dinc_call_user},         {"scores", dinc_call_scores}, {"best", dinc_call_best},
      {"error", dinc_call_error}, {"message", dinc_call_message},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    napi_value function = NULL;
    napi_create_function(env, all[i].name, strlen(all[i].name), all[i].call, NULL, &function);
    napi_set_named_property(env, exports, all[i].name, function);
  }
  return exports;
}
