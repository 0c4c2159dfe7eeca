/*
 * The library in C as an addon for Node. A request is one block of memory: dinc_rows for each part, then values; a place whose
 * address is still an offset in the block is in the list of places. Declarations of Node-API take the place of a header.
 */
#include "../NAME.h"
#include <stdlib.h>
#include <string.h>

NODE_API

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

/* open(model, 1 for a session that explains): a session, or a code below 100. */
static napi_value dinc_call_open(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  const NAME_model *model = (const NAME_model *)handle(env, a.of[0]);
  NAME_session *session = NULL;
  int code;
#ifdef UPPER_EXPLAINING_BYTES
  if (number(env, a.of[1]) != 0) code = NAME_open_explaining(model, NULL, &session);
  else
#endif
    code = NAME_open(model, NULL, &session);
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

#ifdef UPPER_REQUEST_NUMBERS
/* outputs(session, numbers) */
static napi_value dinc_call_outputs(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  return result(env, NAME_outputs((NAME_session *)handle(env, a.of[0]), (float *)array(env, a.of[1], NULL)));
}
#endif

/*
 * rows(session, bytes, places, count, pairs, scores, outputs): scores rows, each of which has a user and a candidate. The block has the
 * values of all rows, for each part and then for the candidates, and as many dinc_rows again for those of one row. `pairs` has
 * for each row and each of them the index of the first value, and the number of its rows. Returns the row that cannot be scored,
 * or -1.
 */
static napi_value dinc_call_rows(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_session *session = (NAME_session *)handle(env, a.of[0]);
  dinc_rows *all = block(env, a.of[1], a.of[2], a.of[3]);
  size_t length = 0, count = 0;
  const uint32_t *pair = (const uint32_t *)array(env, a.of[4], &length);
  float *scores = (float *)array(env, a.of[5], &count);
#ifdef UPPER_REQUEST_NUMBERS
  float *outputs = (float *)array(env, a.of[6], NULL);
#endif
  const size_t rows = count / (size_t)UPPER_SCORES, parts = rows == 0 ? 0 : length / rows / 2;
  dinc_rows *own = all + parts;
  dinc_request request;
  request.history = DINC_OBJECT;
  request.parts = own;
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < parts; i++, pair += 2) {
      own[i] = all[i];
      own[i].values += pair[0];
      own[i].count = pair[1];
    }
    if (NAME_user(session, &request) || NAME_rank(session, own + parts - 1, scores + row * (size_t)UPPER_SCORES))
      return result(env, (double)row);
#ifdef UPPER_REQUEST_NUMBERS
    if (NAME_outputs(session, outputs + row * (size_t)UPPER_REQUEST_NUMBERS)) return result(env, (double)row);
#endif
  }
  return result(env, -1);
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

#ifdef UPPER_EXPLAINING_BYTES
/* attention(session, index, numbers): its history and its code, a line each; its head, whether weights are shares, its steps */
static napi_value dinc_call_attention(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  const NAME_attention about = NAME_attention_of((NAME_session *)handle(env, a.of[0]), (int)number(env, a.of[1]));
  const size_t history = strlen(about.history), code = strlen(about.code);
  double *numbers = (double *)array(env, a.of[2], NULL);
  char *lines = (char *)malloc(history + code + 2);
  napi_value value = NULL;
  numbers[0] = about.head;
  numbers[1] = about.are_shares;
  numbers[2] = (double)about.first;
  numbers[3] = (double)about.steps;
  if (lines == NULL) return NULL;
  memcpy(lines, about.history, history);
  lines[history] = '\n';
  memcpy(lines + history + 1, about.code, code + 1);
  value = text(env, lines);
  free(lines);
  return value;
}

/* explain(session, bytes, places, count, the weights of all attentions, one after the other) */
static napi_value dinc_call_explain(napi_env env, napi_callback_info info) {
  const arguments a = given(env, info);
  NAME_session *session = (NAME_session *)handle(env, a.of[0]);
  const dinc_rows *rows = block(env, a.of[1], a.of[2], a.of[3]);
  float *at = (float *)array(env, a.of[4], NULL), *weights[UPPER_ATTENTIONS];
  for (int i = 0; i < UPPER_ATTENTIONS; i++) {
    weights[i] = at;
    at += rows->count * NAME_attention_of(session, i).steps;
  }
  return result(env, NAME_explain(session, rows, weights));
}
#endif

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
      {"rows", dinc_call_rows},
      {"error", dinc_call_error}, {"message", dinc_call_message},
#ifdef UPPER_REQUEST_NUMBERS
      {"outputs", dinc_call_outputs},
#endif
#ifdef UPPER_EXPLAINING_BYTES
      {"attention", dinc_call_attention}, {"explain", dinc_call_explain},
#endif
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    napi_value function = NULL;
    napi_create_function(env, all[i].name, strlen(all[i].name), all[i].call, NULL, &function);
    napi_set_named_property(env, exports, all[i].name, function);
  }
  return exports;
}
