/* NAME.h for Java: addresses and numbers are 64-bit integers, and each function gives one. */
#include "NAME.h"
#include <stdio.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<jni.h>)
#include <jni.h>
#define HAS_JNI
#endif
#endif

#define AT(type, address) ((type)(intptr_t)(address))

int64_t NAME_java_load(int64_t path, int64_t model) {
  return NAME_load(AT(const char *, path), AT(const NAME_model **, model));
}

int64_t NAME_java_unload(int64_t model) {
  NAME_unload(AT(const NAME_model *, model));
  return 0;
}

int64_t NAME_java_open(int64_t model, int64_t session) {
  return NAME_open(AT(const NAME_model *, model), NULL, AT(NAME_session **, session));
}

int64_t NAME_java_close(int64_t session) {
  NAME_close(AT(NAME_session *, session));
  return 0;
}

int64_t NAME_java_rank(int64_t session, int64_t request, int64_t rows, int64_t is_logits, int64_t scores) {
  NAME_session *s = AT(NAME_session *, session);
  const dinc_rows *all = AT(const dinc_rows *, rows);
  float *numbers = AT(float *, scores);
  int code = NAME_user(s, AT(const dinc_request *, request));
  if (!code) code = is_logits ? NAME_logits(s, all, numbers) : NAME_rank(s, all, numbers);
#ifdef CAPITALS_REQUEST_NUMBERS
  if (!code) code = NAME_outputs(s, numbers + all->count * CAPITALS_SCORES);
#endif
  return code;
}

int64_t NAME_java_top_k(int64_t session, int64_t request, int64_t rows, int64_t k, int64_t label, int64_t best,
                        int64_t found) {
  NAME_session *s = AT(NAME_session *, session);
  int code = NAME_user(s, AT(const dinc_request *, request));
  return code ? code
              : NAME_top_k(s, AT(const dinc_rows *, rows), (size_t)k, (int)label, AT(NAME_top *, best),
                           AT(size_t *, found));
}

int64_t NAME_java_text(int64_t session, int64_t code, int64_t text, int64_t size) {
  const char *own = session == 0 ? "" : NAME_error(AT(const NAME_session *, session));
  return snprintf(AT(char *, text), (size_t)size, "%s", *own ? own : NAME_message((int)code));
}

int64_t NAME_java_describe(int64_t model, int64_t text, int64_t size) {
  NAME_about about = NAME_describe(AT(const NAME_model *, model));
  return snprintf(AT(char *, text), (size_t)size, "%s%c%s%c%s%c%s", about.program, 0, about.version, 0, about.run, 0,
                  about.machine);
}

#ifdef HAS_JNI
#define JNI(name) JNIEXPORT jlong JNICALL Java_MANGLED_Jni_##name
#define HERE JNIEnv *env, jclass type
#define UNUSED (void)env, (void)type

JNI(addressOf)(HERE, jobject buffer) {
  (void)type;
  return (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer);
}

JNI(load0)(HERE, jlong path, jlong model) {
  UNUSED;
  return NAME_java_load(path, model);
}

JNI(unload0)(HERE, jlong model) {
  UNUSED;
  return NAME_java_unload(model);
}

JNI(open0)(HERE, jlong model, jlong session) {
  UNUSED;
  return NAME_java_open(model, session);
}

JNI(close0)(HERE, jlong session) {
  UNUSED;
  return NAME_java_close(session);
}

JNI(rank0)(HERE, jlong session, jlong request, jlong rows, jlong is_logits, jlong scores) {
  UNUSED;
  return NAME_java_rank(session, request, rows, is_logits, scores);
}

JNI(topK0)(HERE, jlong session, jlong request, jlong rows, jlong k, jlong label, jlong best, jlong found) {
  UNUSED;
  return NAME_java_top_k(session, request, rows, k, label, best, found);
}

JNI(text0)(HERE, jlong session, jlong code, jlong text, jlong size) {
  UNUSED;
  return NAME_java_text(session, code, text, size);
}

JNI(describe0)(HERE, jlong model, jlong text, jlong size) {
  UNUSED;
  return NAME_java_describe(model, text, size);
}
#endif
