/* The API of a model. NAME is the model's prefix; the tables and functions above it are the model's own. */

const char *NAME_message(int code) { return dinc_message(code); }

static int NAME_open_bytes(const unsigned char *bytes, size_t size, int is_mapped, const dinc_store *stores,
                           const NAME_model **model) {
  NAME_model *own = (NAME_model *)calloc(1, sizeof *own);
  int code;
  *model = 0;
  if (own == 0) return DINC_CODE_NO_MEMORY;
  own->bytes = bytes;
  own->size = size;
  memcpy(own->tensors, dinc_tensors, sizeof own->tensors);
  code = dinc_read_weights(bytes, size, DINC_PROGRAM, own->tensors, DINC_TENSORS, own->run, sizeof own->run);
  if (code == DINC_CODE_OK) code = dinc_open_tables(own, stores);
  if (code != DINC_CODE_OK) {
    free(own);
    return code;
  }
  own->is_mapped = is_mapped;
  own->program = dinc_program_of(0);
  *model = own;
  return DINC_CODE_OK;
}

static int NAME_load_file(const char *path, const dinc_store *stores, const NAME_model **model) {
  size_t size = 0;
  int code = DINC_CODE_OK;
  unsigned char *bytes = dinc_map_file(path, &size, &code);
  *model = 0;
  if (bytes == 0) return code;
  code = NAME_open_bytes(bytes, size, 1, stores, model);
  if (code != DINC_CODE_OK) dinc_unmap(bytes, size);
  return code;
}

int NAME_load(const char *path, const NAME_model **model) { return NAME_load_file(path, 0, model); }

int NAME_load_bytes(const void *bytes, size_t size, const NAME_model **model) {
  return NAME_open_bytes((const unsigned char *)bytes, size, 0, 0, model);
}

#ifdef DINC_HAS_STORES
int NAME_load_with(const char *path, const NAME_store *stores, const NAME_model **model) {
  return NAME_load_file(path, stores, model);
}

int NAME_load_bytes_with(const void *bytes, size_t size, const NAME_store *stores, const NAME_model **model) {
  return NAME_open_bytes((const unsigned char *)bytes, size, 0, stores, model);
}
#endif

void NAME_unload(const NAME_model *model) {
  NAME_model *own = (NAME_model *)(uintptr_t)model;
  if (own == 0) return;
  if (own->is_mapped) dinc_unmap((unsigned char *)(uintptr_t)own->bytes, own->size);
  free(own);
}

NAME_about NAME_describe(const NAME_model *model) {
  NAME_about about;
  about.program = DINC_PROGRAM;
  about.version = DINC_VERSION;
  about.run = model->run;
  about.machine = model->program->machine;
  return about;
}

static int NAME_open_of(const NAME_model *model, const dinc_network *network, void *memory, NAME_session **session) {
  void *allocated = memory == 0 ? malloc(DINC_SESSION_HEAD + 64 + network->memory) : 0;
  char *at = (char *)(memory == 0 ? allocated : memory);
  NAME_session *s;
  *session = 0;
  if (at == 0) return DINC_CODE_NO_MEMORY;
  at += (64 - ((uintptr_t)at & 63)) & 63;
  memset(at, 0, DINC_SESSION_HEAD + network->memory);
  s = (NAME_session *)(void *)at;
  s->model = model;
  s->network = network;
  s->memory = at + DINC_SESSION_HEAD;
  s->allocated = allocated;
  for (int i = 0; i < DINC_PLACES; i++) s->of[i] = s->memory + network->places[i];
  memcpy(s->memory, model->tensors[network->image].bytes, network->weights);
  *session = s;
  return DINC_CODE_OK;
}

int NAME_open(const NAME_model *model, void *memory, NAME_session **session) {
  return NAME_open_of(model, &dinc_scoring, memory, session);
}

void NAME_close(NAME_session *session) {
  if (session != 0) free(session->allocated);
}

const char *NAME_error(const NAME_session *session) { return session->error.text; }

int NAME_user_encoded(NAME_session *s, const size_t *steps, const NAME_column *columns) {
  int code;
  s->error.text[0] = 0;
  s->has_user = 0;
  for (int i = 0; i < DINC_HISTORIES; i++) {
    if (steps[i] > dinc_most_steps[i])
      return dinc_too_many(&s->error, dinc_history_names[i], steps[i], " steps", -1, dinc_most_steps[i]);
    s->steps[i] = (uint32_t)steps[i];
    s->first[i] = 0;
  }
  for (int i = 0; i < DINC_USER_COLUMNS; i++) {
    const dinc_column_place *column = dinc_user_columns + i;
    size_t count = column->history < 0 ? 1 : s->steps[column->history];
    code = dinc_put_column(&s->error, column, s->of, s->elements, s->model->tables, columns[i].values, columns[i].offsets,
                           0, count);
    if (code != DINC_CODE_OK) return code;
  }
  dinc_put_served(s->of, 0);
  code = s->network->request(s);
  s->has_user = code == DINC_CODE_OK;
  return code;
}

/* The message of an error of the encoders. */
static int NAME_refuse(NAME_session *s, const dinc_error *error) {
  dinc_error_text(&dinc_input_table, error, s->error.text, sizeof s->error.text);
  return DINC_CODE_INPUT;
}

static dinc_places NAME_places(NAME_session *s) {
  dinc_places places;
  places.of = s->of;
  places.elements = s->elements;
  places.scratch = (uint32_t *)(void *)(s->memory + s->network->scratch);
  return places;
}

int NAME_user(NAME_session *s, const dinc_request *request) {
  dinc_error error;
  dinc_places places = NAME_places(s);
  int code;
  s->error.text[0] = 0;
  s->has_user = 0;
  if (dinc_open_request(&dinc_input_table, request, s->part_steps, &error) != DINC_FINE) return NAME_refuse(s, &error);
  if (dinc_read_request(&dinc_input_table, &s->model->fitted, request, s->part_steps, &places, &error) != DINC_FINE)
    return NAME_refuse(s, &error);
  for (int i = 0; i < DINC_HISTORIES; i++) {
    s->steps[i] = (uint32_t)s->part_steps[dinc_history_parts[i]].count;
    s->first[i] = s->part_steps[dinc_history_parts[i]].from;
  }
  code = s->network->request(s);
  s->has_user = code == DINC_CODE_OK;
  return code;
}

int NAME_copy_user(NAME_session *s, const NAME_session *from) {
  const dinc_network *network = s->network;
  s->error.text[0] = 0;
  if (from == s) return DINC_CODE_OK;
  s->has_user = 0;
  if (!from->has_user) return dinc_fault(&s->error, DINC_CODE_NO_USER, "the other session", -1, "has no user yet");
  if (from->model != s->model || from->network != network)
    return dinc_fault(&s->error, DINC_CODE_INPUT, "the other session", -1, "is one of another model, or of another kind");
  memcpy(s->memory + network->user_from, from->memory + network->user_from, network->user_to - network->user_from);
  memcpy(s->memory + network->ids_from, from->memory + network->ids_from, network->ids_to - network->ids_from);
  memcpy(s->steps, from->steps, sizeof s->steps);
  memcpy(s->first, from->first, sizeof s->first);
  memcpy(s->elements, from->elements, sizeof s->elements);
  s->has_user = 1;
  return DINC_CODE_OK;
}

/* Candidates in one of two forms: `count` of them, from number `from` on, of `all`. */
typedef struct {
  const NAME_column *columns;
  const dinc_rows *rows;
  size_t all, from, count;
} NAME_candidates;

static NAME_candidates NAME_of_columns(const NAME_column *columns, size_t all, size_t from, size_t count) {
  NAME_candidates some;
  some.columns = columns;
  some.rows = 0;
  some.all = all;
  some.from = from;
  some.count = count;
  return some;
}

static NAME_candidates NAME_of_rows(const dinc_rows *rows, size_t from, size_t count) {
  NAME_candidates some;
  some.columns = 0;
  some.rows = rows;
  some.all = rows->count;
  some.from = from;
  some.count = count;
  return some;
}

/* Computes a block of candidates, from number `from` on. */
static int NAME_block(NAME_session *s, NAME_candidates some, size_t from, size_t n) {
  if (some.rows != 0) {
    dinc_error error;
    dinc_places places = NAME_places(s);
    if (dinc_read_candidates(&dinc_input_table, &s->model->fitted, some.rows, from, n, &places, &error) != DINC_FINE)
      return NAME_refuse(s, &error);
  } else {
    for (int i = 0; i < DINC_CANDIDATE_COLUMNS; i++) {
      int code = dinc_put_column(&s->error, dinc_candidate_columns + i, s->of, s->elements, s->model->tables,
                                 some.columns[i].values, some.columns[i].offsets, from, n);
      if (code != DINC_CODE_OK) return code;
    }
    dinc_put_served(s->of, (uint32_t)n);
  }
  return s->network->candidate(s, (uint32_t)n);
}

/* Whether the session may score these. */
static int NAME_ready(NAME_session *s, NAME_candidates some) {
  dinc_error error;
  s->error.text[0] = 0;
  if (!s->has_user) return dinc_fault(&s->error, DINC_CODE_NO_USER, "the session", -1, "has no user yet");
  if (some.rows != 0 && dinc_open_candidates(&dinc_input_table, some.rows, &error) != DINC_FINE)
    return NAME_refuse(s, &error);
  if (some.from > some.all || some.count > some.all - some.from)
    return dinc_fault(&s->error, DINC_CODE_INPUT, "candidates", -1, "are fewer than the slice needs");
#ifdef DINC_TOGETHER
  /* Candidates see one another, so all of them are one block. */
  if (some.count != some.all)
    return dinc_fault(&s->error, DINC_CODE_INPUT, "candidates", -1, "are scored together: a slice of them has no scores");
  if (some.count > DINC_BLOCK)
    return dinc_fault(&s->error, DINC_CODE_INPUT, "candidates", -1,
                      "must be at most " DINC_TOGETHER ", because the model scores them together");
#endif
  return DINC_CODE_OK;
}

static size_t NAME_few(NAME_candidates some, size_t at, size_t most) {
  size_t left = some.from + some.count - at;
  return left < most ? left : most;
}

static int NAME_score(NAME_session *s, NAME_candidates some, float *scores, int predicts) {
  int code = NAME_ready(s, some);
  for (size_t at = some.from; code == DINC_CODE_OK && at < some.from + some.count; at += DINC_BLOCK) {
    size_t few = NAME_few(some, at, DINC_BLOCK);
    code = NAME_block(s, some, at, few);
    if (code == DINC_CODE_OK) code = s->network->logits(s, scores, some.all, at, few, at);
  }
  if (code == DINC_CODE_OK && predicts) dinc_predict(scores, some.all, some.from, some.count);
  return code;
}

int NAME_logits(NAME_session *s, const dinc_rows *candidates, float *scores) {
  return NAME_score(s, NAME_of_rows(candidates, 0, candidates->count), scores, 0);
}

int NAME_rank(NAME_session *s, const dinc_rows *candidates, float *scores) {
  return NAME_score(s, NAME_of_rows(candidates, 0, candidates->count), scores, 1);
}

int NAME_rank_slice(NAME_session *s, const dinc_rows *candidates, size_t from, size_t count, float *scores) {
  return NAME_score(s, NAME_of_rows(candidates, from, count), scores, 1);
}

int NAME_logits_encoded(NAME_session *s, const NAME_column *columns, size_t n, float *scores) {
  return NAME_score(s, NAME_of_columns(columns, n, 0, n), scores, 0);
}

int NAME_rank_encoded(NAME_session *s, const NAME_column *columns, size_t n, float *scores) {
  return NAME_score(s, NAME_of_columns(columns, n, 0, n), scores, 1);
}

int NAME_rank_slice_encoded(NAME_session *s, const NAME_column *columns, size_t n, size_t from, size_t count,
                            float *scores) {
  return NAME_score(s, NAME_of_columns(columns, n, from, count), scores, 1);
}

/* Logits of one candidate, in a block of them. */
static void NAME_gather_logits(const float *block, size_t n, size_t i, float *logits) {
  size_t before = 0;
  for (int label = 0; label < DINC_LABELS; label++) {
    size_t width = dinc_label_widths[label];
    memcpy(logits + before, block + before * n + width * i, width * sizeof *logits);
    before += width;
  }
}

static int NAME_best(NAME_session *s, NAME_candidates some, size_t k, int label, NAME_top *best, size_t *found) {
  float block[DINC_BLOCK * DINC_ALL_SCORES], logits[DINC_ALL_SCORES];
  int code = NAME_ready(s, some);
  *found = 0;
  if (code != DINC_CODE_OK) return code;
  if (label < 0 || label >= DINC_LABELS || !dinc_has_order(label))
    return dinc_fault(&s->error, DINC_CODE_INPUT, "label", -1, "has no order, or is not a label of the model");
  for (size_t at = some.from; at < some.from + some.count; at += DINC_BLOCK) {
    size_t few = NAME_few(some, at, DINC_BLOCK);
    code = NAME_block(s, some, at, few);
    if (code == DINC_CODE_OK) code = s->network->logits(s, block, few, 0, few, at);
    if (code != DINC_CODE_OK) {
      *found = 0;
      return code;
    }
    for (size_t i = 0; i < few; i++) {
      NAME_top one;
      NAME_gather_logits(block, few, i, logits);
      one.index = at + i;
      one.order = dinc_order(label, logits, &one.score);
      dinc_offer(best, found, k, one);
    }
  }
  dinc_sort_best(best, *found);
  return DINC_CODE_OK;
}

int NAME_top_k(NAME_session *s, const dinc_rows *candidates, size_t k, int label, NAME_top *best, size_t *found) {
  return NAME_best(s, NAME_of_rows(candidates, 0, candidates->count), k, label, best, found);
}

int NAME_top_k_slice(NAME_session *s, const dinc_rows *candidates, size_t from, size_t count, size_t k, int label,
                     NAME_top *best, size_t *found) {
  return NAME_best(s, NAME_of_rows(candidates, from, count), k, label, best, found);
}

int NAME_top_k_encoded(NAME_session *s, const NAME_column *columns, size_t n, size_t k, int label, NAME_top *best,
                       size_t *found) {
  return NAME_best(s, NAME_of_columns(columns, n, 0, n), k, label, best, found);
}

int NAME_top_k_slice_encoded(NAME_session *s, const NAME_column *columns, size_t n, size_t from, size_t count, size_t k,
                             int label, NAME_top *best, size_t *found) {
  return NAME_best(s, NAME_of_columns(columns, n, from, count), k, label, best, found);
}

void NAME_join_top(NAME_top *best, size_t *found, size_t k, const NAME_top *others, size_t count) {
  dinc_join_best(best, found, k, others, count);
}

#ifdef DINC_HAS_OUTPUTS
int NAME_outputs(NAME_session *s, float *numbers) {
  s->error.text[0] = 0;
  if (!s->has_user) return dinc_fault(&s->error, DINC_CODE_NO_USER, "the session", -1, "has no user yet");
  return s->network->outputs(s, numbers);
}
#endif

#ifdef DINC_EXPLAINS
int NAME_open_explaining(const NAME_model *model, void *memory, NAME_session **session) {
  return NAME_open_of(model, &dinc_explaining, memory, session);
}

NAME_attention NAME_attention_of(const NAME_session *s, int attention) {
  const dinc_attention *own = dinc_attentions + attention;
  NAME_attention about;
  about.history = own->history;
  about.code = own->code;
  about.head = own->head;
  about.are_shares = own->are_shares;
  about.first = s->has_user ? s->first[own->index] : 0;
  about.steps = s->has_user ? s->steps[own->index] : 0;
  return about;
}

/* Code computes the weights of as many candidates at a time as have DINC_PAIRS steps together. */
static int NAME_weigh(NAME_session *s, NAME_candidates some, float *const *weights) {
  size_t longest = 1, few;
  int code = NAME_ready(s, some);
  if (code != DINC_CODE_OK) return code;
  if (s->network != &dinc_explaining)
    return dinc_fault(&s->error, DINC_CODE_INPUT, "the session", -1, "keeps no weights: open one that explains");
  for (int i = 0; i < DINC_HISTORIES; i++) if (s->steps[i] > longest) longest = s->steps[i];
  few = DINC_PAIRS / longest;
#ifdef DINC_TOGETHER
  few = DINC_BLOCK;
#endif
  few = few > DINC_BLOCK ? DINC_BLOCK : few > 3 ? few - (few & 3) : few > 0 ? few : 1;
  for (size_t at = 0, n; at < some.all; at += n) {
    n = NAME_few(some, at, few);
    code = NAME_block(s, some, at, n);
    if (code != DINC_CODE_OK) return code;
    for (int a = 0; a < DINC_ATTENTIONS; a++) {
      size_t steps = s->steps[dinc_attentions[a].index];
      float *own = weights[a] == 0 ? 0 : weights[a] + at * steps;
      if (own == 0) continue;
      for (size_t i = 0; i < n * steps; i++) own[i] = 1;
      dinc_weigh(s, a, own, steps, n);
    }
  }
  return DINC_CODE_OK;
}

int NAME_explain(NAME_session *s, const dinc_rows *candidates, float *const *weights) {
  return NAME_weigh(s, NAME_of_rows(candidates, 0, candidates->count), weights);
}

int NAME_explain_encoded(NAME_session *s, const NAME_column *columns, size_t n, float *const *weights) {
  return NAME_weigh(s, NAME_of_columns(columns, n, 0, n), weights);
}
#endif
