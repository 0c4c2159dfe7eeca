/* Runs a generated model in the ways that its tests need: `driver WEIGHTS WHAT`. Includes the model, so that it reaches inside. */
#include MODEL_C
#define main golden_main
#include "test.c"
#undef main
#include <pthread.h>

#define JOIN(a, b) a##b
#define NAME2(p, x) JOIN(p, x)
#define N(x) NAME2(MODEL, x)

/* The code for a machine, if this one has it. */
static void choose(const N(_model) *model, const char *machine) {
  const dinc_program *program = dinc_program_of(machine);
  if (program != 0) ((N(_model) *)(uintptr_t)model)->program = program;
  fprintf(stderr, "%s\n", model->program->machine);
}

static size_t most(void) {
  size_t all = 1;
  for (int r = 0; r < REQUESTS; r++) all = requests[r].count > all ? requests[r].count : all;
  return all;
}

static void print_bits(const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned bits;
    memcpy(&bits, x + i, 4);
    printf("%08x\n", bits);
  }
}

/* Scores of all golden requests, one after the other. */
static float *score_all(const N(_model) *model, void *memory, size_t *count) {
  size_t each = most() * DINC_ALL_SCORES, at = 0;
  float *all = (float *)calloc(REQUESTS * each + 1, sizeof *all);
  N(_session) *session;
  if (N(_open)(model, memory, &session)) exit(9);
  for (int r = 0; r < REQUESTS; r++) {
    dinc_request request;
    request.history = DINC_OBJECT;
    request.parts = requests[r].parts;
    if (N(_user)(session, &request) || N(_rank)(session, requests[r].rows, all + at)) exit(8);
    at += requests[r].count * DINC_ALL_SCORES;
  }
  N(_close)(session);
  *count = at;
  return all;
}

typedef struct { const N(_model) *model; float *scores; size_t count; } work;

static void *score_in_thread(void *given) {
  work *own = (work *)given;
  for (int i = 0; i < 20; i++) {
    free(own->scores);
    own->scores = score_all(own->model, 0, &own->count);
  }
  return 0;
}

static int threads(const N(_model) *model) {
  pthread_t ids[2];
  work each[2] = {{model, 0, 0}, {model, 0, 0}};
  size_t count;
  float *alone = score_all(model, 0, &count);
  for (int i = 0; i < 2; i++) pthread_create(ids + i, 0, score_in_thread, each + i);
  for (int i = 0; i < 2; i++) pthread_join(ids[i], 0);
  for (int i = 0; i < 2; i++) {
    if (each[i].count != count || memcmp(each[i].scores, alone, count * sizeof *alone) != 0) return 1;
    free(each[i].scores);
  }
  free(alone);
  return 0;
}

static uint32_t state;
static uint32_t drawn(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

/* Damaged files: cut, changed, and changed with a right checksum of the header. Prints how many were taken. */
static int damaged(const char *path, uint32_t seed, int times) {
  int code = 0, taken = 0;
  size_t size = 0;
  unsigned char *bytes = dinc_map_file(path, &size, &code);
  dinc_crc_table table;
  if (bytes == 0) return 2;
  dinc_fill_crc(&table);
  state = seed | 1;
  for (int i = 0; i < times; i++) {
    uint32_t header = dinc_u32(bytes + 12), kind = drawn(4);
    size_t own = kind == 0 ? drawn((uint32_t)size) : size;
    unsigned char *copy = (unsigned char *)malloc(own + 1);
    const N(_model) *model;
    memcpy(copy, bytes, own);
    if (kind > 0)
      for (uint32_t k = 1 + drawn(3); k > 0; k--) copy[drawn(kind == 1 ? (uint32_t)own : 24 + header)] ^= (unsigned char)(1 + drawn(255));
    if (kind == 3) {
      uint64_t first = DINC_ALIGNED(24 + (uint64_t)dinc_u32(copy + 12));
      if (first <= own) {
        uint32_t crc = dinc_crc(&table, copy + 24, (size_t)(first - 24));
        for (int b = 0; b < 4; b++) copy[16 + b] = (unsigned char)(crc >> 8 * b);
      }
    }
    code = N(_load_bytes)(copy, own, &model);
    if (code == 0) {
      size_t count;
      taken++;
      free(score_all(model, 0, &count));
      N(_unload)(model);
    } else if (model != 0 || strlen(N(_message)(code)) < 10) return 1;
    free(copy);
  }
  dinc_unmap(bytes, size);
  printf("%d of %d taken\n", taken, times);
  return 0;
}

/* Ids that no table has, histories that are too long, columns that are missing. */
static int hostile(const N(_model) *model) {
  N(_session) *session;
  const golden_request *q = requests;
  float *scores = (float *)malloc((q->count + 1) * DINC_ALL_SCORES * sizeof *scores);
  size_t steps[DINC_HISTORIES + 1];
  int refused = 0;
  if (N(_open)(model, 0, &session)) return 9;
  if (N(_rank_encoded)(session, q->candidates, q->count, scores) != DINC_CODE_NO_USER) return 1;
  memcpy(steps, q->steps, sizeof steps - sizeof *steps);
  for (int i = 0; i < DINC_HISTORIES; i++) {
    steps[i] = (size_t)-1;
    if (N(_user_encoded)(session, steps, q->user) != DINC_CODE_INPUT) return 2;
    if (strstr(N(_error)(session), "steps, but at most") == 0) return 3;
    steps[i] = q->steps[i];
  }
  if (N(_user_encoded)(session, q->steps, q->user)) return 4;
  for (int c = 0; c < DINC_CANDIDATE_COLUMNS; c++) {
    static const int32_t bad[] = {INT32_MIN, -1, 0, INT32_MAX};
    N(_column) columns[DINC_CANDIDATE_COLUMNS + 1];
    memcpy(columns, q->candidates, DINC_CANDIDATE_COLUMNS * sizeof *columns);
    columns[c].values = 0;
    if (N(_rank_encoded)(session, columns, q->count, scores) != DINC_CODE_INPUT) return 5;
    if (dinc_candidate_columns[c].table < 0 || dinc_candidate_columns[c].set >= 0) continue;
    for (int b = 0; b < 4; b++) {
      int32_t *ids = (int32_t *)malloc(q->count * sizeof *ids);
      memcpy(ids, q->candidates[c].values, q->count * sizeof *ids);
      ids[q->count - 1] = bad[b];
      columns[c].values = ids;
      if (N(_rank_encoded)(session, columns, q->count, scores) != DINC_CODE_INPUT) return 6;
      if (strstr(N(_error)(session), "but encoded ids are 1 (unknown) to") == 0) return 7;
      free(ids);
      refused++;
    }
  }
  if (N(_rank_encoded)(session, q->candidates, q->count, scores)) return 8;
  N(_close)(session);
  free(scores);
  printf("%d refused\n", refused);
  return 0;
}

/* The candidates of a request many times over, in blocks of other lengths: the same scores, and the best of them in order. */
static int blocks(const N(_model) *model) {
  for (int r = 0; r < 8 && r < REQUESTS; r++) {
    const golden_request *q = requests + r;
    N(_session) *session;
    N(_column) columns[DINC_CANDIDATE_COLUMNS + 1];
    N(_top) best[400];
    size_t n = 300, found;
    float *scores = (float *)calloc(n * DINC_ALL_SCORES, sizeof *scores), *few = (float *)calloc(q->count * DINC_ALL_SCORES, sizeof *few);
    for (int c = 0; c < DINC_CANDIDATE_COLUMNS; c++) {
      size_t width = dinc_candidate_columns[c].width;
      char *values = (char *)malloc(4 * n * width);
      if (dinc_candidate_columns[c].set >= 0) return 0;
      if (dinc_candidate_columns[c].table != DINC_NUMBERS_COLUMN) width = 1;
      for (size_t i = 0; i < n; i++)
        memcpy(values + 4 * i * width, (const char *)q->candidates[c].values + 4 * (i % q->count) * width, 4 * width);
      columns[c].values = values;
      columns[c].offsets = 0;
    }
    if (N(_open)(model, 0, &session) || N(_user_encoded)(session, q->steps, q->user)) return 1;
    if (N(_rank_encoded)(session, columns, n, scores) || N(_rank_encoded)(session, q->candidates, q->count, few)) return 2;
    for (size_t i = 0; i < n; i++)
      for (size_t w = 0, before = 0; w < DINC_LABELS; before += dinc_label_widths[w++])
        for (size_t k = 0; k < dinc_label_widths[w]; k++)
          if (scores[before * n + i * dinc_label_widths[w] + k] != few[before * q->count + i % q->count * dinc_label_widths[w] + k]) return 3;
    for (int label = 0; label < DINC_LABELS; label++) {
      if (!dinc_has_order(label)) continue;
      for (size_t k = 0; k <= 400; k += 57) {
        if (N(_top_k_encoded)(session, columns, n, k, label, best, &found) || found != (k < n ? k : n)) return 4;
        for (size_t i = 1; i < found; i++)
          if (best[i - 1].order < best[i].order || (best[i - 1].order == best[i].order && best[i - 1].index >= best[i].index)) return 5;
      }
      if (N(_top_k_encoded)(session, columns, n, 400, label, best, &found) || found != n) return 6;
    }
    for (int c = 0; c < DINC_CANDIDATE_COLUMNS; c++) free((void *)(uintptr_t)columns[c].values);
    N(_close)(session);
    free(scores);
    free(few);
  }
  return 0;
}

/* Candidates that see one another: a slice and too many are refused, and the scores are the same afterwards. */
static int together(const N(_model) *model) {
  const golden_request *q = requests;
  size_t fields = dinc_input_table.candidates.field_count, n = DINC_BLOCK + 1;
  dinc_value *values = (dinc_value *)calloc(n * fields, sizeof *values);
  float *first = (float *)calloc(n * DINC_ALL_SCORES, sizeof *first), *last = (float *)calloc(n * DINC_ALL_SCORES, sizeof *last);
  dinc_request request = {DINC_OBJECT, q->parts};
  dinc_rows rows = {DINC_LIST, DINC_BLOCK, values};
  N(_session) *session;
  N(_top) best[3];
  size_t found;
  for (size_t i = 0; i < n * fields; i++) values[i] = q->rows->values[i % (q->count * fields)];
  if (N(_open)(model, 0, &session) || N(_user)(session, &request) || N(_rank)(session, &rows, first)) return 1;
  if (N(_rank_slice)(session, &rows, 0, 2, last) != DINC_CODE_INPUT) return 2;
  if (N(_top_k_slice)(session, &rows, 1, DINC_BLOCK - 1, 3, 0, best, &found) != DINC_CODE_INPUT || found != 0) return 3;
  rows.count = n;
  if (N(_rank)(session, &rows, last) != DINC_CODE_INPUT) return 4;
  printf("%s\n", N(_error)(session));
  rows.count = DINC_BLOCK;
  if (N(_rank_slice)(session, &rows, 0, DINC_BLOCK, last)) return 5;
  for (size_t i = 0; i < DINC_BLOCK * DINC_ALL_SCORES; i++) if (first[i] != last[i]) return 6;
  if (N(_top_k)(session, &rows, 3, 0, best, &found) || found != 3 || best[0].score < best[1].score) return 7;
  rows.count = 0;
  if (N(_rank)(session, &rows, last)) return 8;
  N(_close)(session);
  free(values);
  free(first);
  free(last);
  return 0;
}

/* ---- Several threads for one request ---- */

#define SLICES 4

typedef struct {
  const N(_session) *of;
  const N(_model) *model;
  const dinc_rows *rows;
  size_t from, count;
  float *scores;
  N(_top) best[7];
  size_t found;
  int code;
} slice;

static void *rank_in_thread(void *given) {
  slice *own = (slice *)given;
  N(_session) *session;
  own->code = N(_open)(own->model, 0, &session);
  if (own->code == 0) own->code = N(_copy_user)(session, own->of);
  if (own->code == 0) own->code = N(_rank_slice)(session, own->rows, own->from, own->count, own->scores);
  if (own->code == 0 && dinc_has_order(0))
    own->code = N(_top_k_slice)(session, own->rows, own->from, own->count, 7, 0, own->best, &own->found);
  N(_close)(session);
  return 0;
}

/* The golden requests with many candidates, by 1 to SLICES threads: the same bits, and the same best. */
static int slices(const N(_model) *model) {
  for (int r = 0; r < 6 && r < REQUESTS; r++) {
    const golden_request *q = requests + r;
    size_t fields = dinc_input_table.candidates.field_count, n = q->count * 37;
    dinc_value *values = (dinc_value *)calloc(n * fields + 1, sizeof *values);
    float *alone = (float *)calloc(n * DINC_ALL_SCORES + 1, sizeof *alone), *together = (float *)calloc(n * DINC_ALL_SCORES + 1, sizeof *together);
    dinc_request request = {DINC_OBJECT, q->parts};
    dinc_rows rows = {DINC_LIST, n, values};
    N(_session) *session, *other;
    N(_top) best[7], joined[7];
    size_t found = 0;
    for (size_t i = 0; i < n * fields; i++) values[i] = q->rows->values[i % (q->count * fields)];
    if (N(_open)(model, 0, &session) || N(_open)(model, 0, &other)) return 1;
    if (N(_copy_user)(other, session) != DINC_CODE_NO_USER || N(_rank_slice)(session, &rows, 0, n, alone) != DINC_CODE_NO_USER) return 2;
    if (N(_user)(session, &request) || N(_rank)(session, &rows, alone)) return 3;
    if (N(_rank_slice)(session, &rows, n, 1, together) != DINC_CODE_INPUT) return 4;
    if (N(_rank_slice)(session, &rows, 0, (size_t)-1, together) != DINC_CODE_INPUT) return 5;
    if (dinc_has_order(0) && N(_top_k)(session, &rows, 7, 0, best, &found)) return 6;
    for (int count = 1; count <= SLICES; count++) {
      slice each[SLICES];
      pthread_t ids[SLICES];
      size_t all = 0;
      memset(together, 0, n * DINC_ALL_SCORES * sizeof *together);
      memset(each, 0, sizeof each);
      for (int i = 0; i < count; i++) {
        each[i].of = session;
        each[i].model = model;
        each[i].rows = &rows;
        each[i].from = n * (size_t)i / (size_t)count;
        each[i].count = n * (size_t)(i + 1) / (size_t)count - each[i].from;
        each[i].scores = together;
        pthread_create(ids + i, 0, rank_in_thread, each + i);
      }
      for (int i = 0; i < count; i++) {
        pthread_join(ids[i], 0);
        if (each[i].code) return 10 + each[i].code;
        N(_join_top)(joined, &all, 7, each[i].best, each[i].found);
      }
      if (memcmp(alone, together, n * DINC_ALL_SCORES * sizeof *alone) != 0) return 7;
      if (all != found) return 8;
      for (size_t i = 0; i < all; i++)
        if (best[i].index != joined[i].index || best[i].score != joined[i].score) return 9;
    }
    N(_close)(session);
    N(_close)(other);
    free(values);
    free(alone);
    free(together);
  }
  return 0;
}

/* ---- Weights swapped while serving ---- */

typedef struct { const N(_model) *model; size_t sessions; } loaded;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static loaded *serving;
static const float *wanted[2];
static size_t wanted_count;
static int has_ended;

/* A request: it opens a session on the weights that serve, and closes it. The last one of old weights unloads them. */
static int serve_one(void) {
  loaded *own;
  size_t count;
  float *scores;
  int code = 0;
  pthread_mutex_lock(&lock);
  own = serving;
  own->sessions++;
  pthread_mutex_unlock(&lock);
  scores = score_all(own->model, 0, &count);
  if (count != wanted_count ||
      (memcmp(scores, wanted[0], count * sizeof *scores) != 0 && memcmp(scores, wanted[1], count * sizeof *scores) != 0))
    code = 1;
  free(scores);
  pthread_mutex_lock(&lock);
  if (--own->sessions == 0 && own != serving) {
    N(_unload)(own->model);
    free(own);
  }
  pthread_mutex_unlock(&lock);
  return code;
}

static void *serve(void *failed) {
  for (int ended = 0; !ended;) {
    if (serve_one()) *(int *)failed = 1;
    pthread_mutex_lock(&lock);
    ended = has_ended;
    pthread_mutex_unlock(&lock);
  }
  return 0;
}

static loaded *load_beside(const char *path) {
  loaded *own = (loaded *)calloc(1, sizeof *own);
  if (N(_load)(path, &own->model)) exit(7);
  return own;
}

static int swaps(const char *const *paths) {
  enum { SERVERS = 3, SWAPS = 12 };
  pthread_t ids[SERVERS];
  int failed[SERVERS] = {0};
  for (int i = 0; i < 2; i++) {
    loaded *own = load_beside(paths[i]);
    wanted[i] = score_all(own->model, 0, &wanted_count);
    N(_unload)(own->model);
    free(own);
  }
  if (memcmp(wanted[0], wanted[1], wanted_count * sizeof(float)) == 0) return 1;
  serving = load_beside(paths[0]);
  for (int i = 0; i < SERVERS; i++) pthread_create(ids + i, 0, serve, failed + i);
  for (int i = 1; i <= SWAPS; i++) {
    loaded *old, *own = load_beside(paths[i % 2]);
    pthread_mutex_lock(&lock);
    old = serving;
    serving = own;
    if (old->sessions == 0) {
      N(_unload)(old->model);
      free(old);
    }
    pthread_mutex_unlock(&lock);
    if (serve_one()) return 2;
  }
  pthread_mutex_lock(&lock);
  has_ended = 1;
  pthread_mutex_unlock(&lock);
  for (int i = 0; i < SERVERS; i++) pthread_join(ids[i], 0);
  for (int i = 0; i < SERVERS; i++) if (failed[i]) return 3;
  N(_unload)(serving->model);
  free(serving);
  for (int i = 0; i < 2; i++) free((float *)(uintptr_t)wanted[i]);
  return 0;
}

/* ---- Requests from a file, as encoded.ts writes them ---- */

#include "requests.c"

typedef int scoring(N(_session) *, const dinc_rows *, float *);

/* A line for each request: `V` and the bits of its scores or logits, or `E` and the message. */
static int answer(const N(_model) *model, const char *path, scoring *score) {
  N(_session) *session;
  if (!open_requests(path) || N(_open)(model, 0, &session)) return 2;
  while (has_request()) {
    dinc_request request;
    dinc_rows candidates;
    read_request(&dinc_input_table, &request, &candidates);
    float *scores = (float *)allocated((candidates.count * DINC_ALL_SCORES + 1) * sizeof *scores);
    if (N(_user)(session, &request) || score(session, &candidates, scores)) printf("E%s\n", N(_error)(session));
    else {
      printf("V");
      for (size_t i = 0; i < candidates.count * DINC_ALL_SCORES; i++) {
        unsigned bits;
        memcpy(&bits, scores + i, 4);
        printf(" %08x", bits);
      }
      printf("\n");
    }
    free(scores);
    free_request(&dinc_input_table, &request, &candidates);
  }
  N(_close)(session);
  close_requests();
  return 0;
}

#ifdef DINC_HAS_STORES
static int broken(void *context, const uint32_t *ids, size_t count, float *numbers) {
  (void)ids;
  (void)numbers;
  (void)count;
  return *(int *)context;
}

/* A store that fails, and one that writes nothing. */
static int store(const char *path) {
  const N(_store) *given = stores();
  for (int fails = 0; fails < 2; fails++) {
    N(_store) all[sizeof(N(_model)) / sizeof(dinc_table) + 1];
    const N(_model) *model;
    N(_session) *session;
    dinc_request request = {DINC_OBJECT, requests[0].parts};
    float *scores = (float *)allocated((requests[0].count * DINC_ALL_SCORES + 1) * sizeof *scores);
    memcpy(all, given, sizeof *all);
    all[0].rows = broken;
    all[0].context = &fails;
    if (N(_load_with)(path, all, &model) || N(_open)(model, 0, &session)) return 1;
    int code = N(_user)(session, &request);
    if (code == 0) code = N(_rank)(session, requests[0].rows, scores);
    if (code != DINC_CODE_STORE || strstr(N(_error)(session), fails ? "its store failed" : "isn't finite") == 0) return 2;
    N(_close)(session);
    N(_unload)(model);
    free(scores);
  }
  return 0;
}
#endif

#ifdef DINC_EXPLAINS
/* A line for each request and attention: the history, the place in the spec, the head, whether weights are shares, the first
 * step, the steps, the weights. Scores of the session have the bits of any other. */
static int explain(const N(_model) *model, const char *path) {
  N(_session) *session, *plain;
  if (!open_requests(path) || N(_open_explaining)(model, 0, &session) || N(_open)(model, 0, &plain)) return 2;
  while (has_request()) {
    dinc_request request;
    dinc_rows candidates;
    float *weights[DINC_ATTENTIONS];
    read_request(&dinc_input_table, &request, &candidates);
    size_t scores = (candidates.count * DINC_ALL_SCORES + 1) * sizeof(float);
    float *one = (float *)allocated(scores), *other = (float *)allocated(scores);
    memset(one, 0, scores);
    memset(other, 0, scores);
    if (N(_user)(session, &request) || N(_user)(plain, &request)) return 3;
    for (int a = 0; a < DINC_ATTENTIONS; a++)
      weights[a] = (float *)allocated(candidates.count * N(_attention_of)(session, a).steps * sizeof(float));
    if (N(_explain)(plain, &candidates, weights) != DINC_CODE_INPUT) return 4;
    if (N(_explain)(session, &candidates, weights)) return 5;
    if (N(_rank)(session, &candidates, one) || N(_rank)(plain, &candidates, other)) return 6;
    if (memcmp(one, other, scores) != 0) return 7;
    for (int a = 0; a < DINC_ATTENTIONS; a++) {
      N(_attention) about = N(_attention_of)(session, a);
      printf("%s\t%s\t%d\t%d\t%d\t%d\t", about.history, about.code, about.head, about.are_shares, (int)about.first, (int)about.steps);
      for (size_t i = 0; i < candidates.count * about.steps; i++) printf(" %.9g", (double)weights[a][i]);
      printf("\n");
      free(weights[a]);
    }
    free(one);
    free(other);
    free_request(&dinc_input_table, &request, &candidates);
  }
  N(_close)(session);
  N(_close)(plain);
  close_requests();
  return 0;
}
#endif

int main(int argc, char **argv) {
  const N(_model) *model;
  const char *what = argc > 2 ? argv[2] : "";
  int code, result = 0;
  if (strcmp(what, "golden") == 0) return golden_main(2, argv);
  if (strcmp(what, "damaged") == 0) return damaged(argv[1], (uint32_t)atoi(argv[3]), atoi(argv[4]));
  if (strcmp(what, "swaps") == 0) return swaps((const char *const[]){argv[1], argv[3]});
#ifdef DINC_HAS_STORES
  if (strcmp(what, "store") == 0) return store(argv[1]);
  if (N(_load)(argv[1], &model) != DINC_CODE_NO_STORE) return 19;
  code = N(_load_with)(argv[1], stores(), &model);
#else
  code = N(_load)(argv[1], &model);
#endif
  if (code) {
    printf("%s\n", N(_message)(code));
    return 20 + code;
  }
  if (strcmp(what, "scores") == 0) {
    size_t count;
    char *memory = (char *)malloc(DINC_SESSION_BYTES + 3);
    if (argc > 3) choose(model, argv[3]);
    float *all = score_all(model, memory + 3, &count);
    print_bits(all, count);
    free(all);
    free(memory);
  } else if (strcmp(what, "threads") == 0) result = threads(model);
  else if (strcmp(what, "hostile") == 0) result = hostile(model);
  else if (strcmp(what, "blocks") == 0) result = blocks(model);
  else if (strcmp(what, "slices") == 0) result = slices(model);
  else if (strcmp(what, "together") == 0) result = together(model);
  else if (strcmp(what, "answer") == 0) result = answer(model, argv[3], N(_rank));
  else if (strcmp(what, "logits") == 0) result = answer(model, argv[3], N(_logits));
#ifdef DINC_EXPLAINS
  else if (strcmp(what, "explain") == 0) result = explain(model, argv[3]);
#endif
  else if (strcmp(what, "exp") == 0) {
    double x;
    while (fread(&x, sizeof x, 1, stdin) == 1) {
      x = dinc_exp(x);
      fwrite(&x, sizeof x, 1, stdout);
    }
  }
  N(_unload)(model);
  return result;
}
