/* The API of a model. NAME is the model's prefix; the tables and functions above it are the model's own. */

const char *NAME_message(int code) { return dinc_message(code); }

static int NAME_open_bytes(const unsigned char *bytes, size_t size, int is_mapped, const NAME_model **model) {
  NAME_model *own = (NAME_model *)calloc(1, sizeof *own);
  int code;
  *model = 0;
  if (own == 0) return DINC_CODE_NO_MEMORY;
  own->bytes = bytes;
  own->size = size;
  memcpy(own->tensors, dinc_tensors, sizeof own->tensors);
  code = dinc_read_weights(bytes, size, DINC_PROGRAM, own->tensors, DINC_TENSORS, own->run, sizeof own->run);
  if (code == DINC_CODE_OK) code = dinc_open_tables(own);
  if (code != DINC_CODE_OK) {
    free(own);
    return code;
  }
  own->is_mapped = is_mapped;
  own->program = dinc_program_of(0);
  *model = own;
  return DINC_CODE_OK;
}

int NAME_load(const char *path, const NAME_model **model) {
  size_t size = 0;
  int code = DINC_CODE_OK;
  unsigned char *bytes = dinc_map_file(path, &size, &code);
  *model = 0;
  if (bytes == 0) return code;
  code = NAME_open_bytes(bytes, size, 1, model);
  if (code != DINC_CODE_OK) dinc_unmap(bytes, size);
  return code;
}

int NAME_load_bytes(const void *bytes, size_t size, const NAME_model **model) {
  return NAME_open_bytes((const unsigned char *)bytes, size, 0, model);
}

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

int NAME_open(const NAME_model *model, void *memory, NAME_session **session) {
  void *allocated = memory == 0 ? malloc(DINC_SESSION_BYTES) : 0;
  char *at = (char *)(memory == 0 ? allocated : memory);
  NAME_session *s;
  *session = 0;
  if (at == 0) return DINC_CODE_NO_MEMORY;
  at += (64 - ((uintptr_t)at & 63)) & 63;
  memset(at, 0, DINC_SESSION_HEAD + DINC_MEMORY);
  s = (NAME_session *)(void *)at;
  s->model = model;
  s->memory = at + DINC_SESSION_HEAD;
  s->allocated = allocated;
  for (int i = 0; i < DINC_PLACES; i++) s->of[i] = s->memory + dinc_place_offsets[i];
  memcpy(s->memory, model->tensors[0].bytes, DINC_WEIGHTS);
  *session = s;
  return DINC_CODE_OK;
}

void NAME_close(NAME_session *session) {
  if (session != 0) free(session->allocated);
}

const char *NAME_error(const NAME_session *session) { return session->error.text; }

int NAME_user_encoded(NAME_session *s, const size_t *steps, const NAME_column *columns) {
  s->error.text[0] = 0;
  s->has_user = 0;
  for (int i = 0; i < DINC_HISTORIES; i++) {
    if (steps[i] > dinc_most_steps[i])
      return dinc_fault(&s->error, DINC_CODE_INPUT, dinc_history_names[i], -1, "has more steps than count: give the latest");
    s->steps[i] = (uint32_t)steps[i];
  }
  for (int i = 0; i < DINC_USER_COLUMNS; i++) {
    const dinc_column_place *column = dinc_user_columns + i;
    size_t count = column->history < 0 ? 1 : s->steps[column->history];
    int code = dinc_put_column(&s->error, column, s->memory, s->elements, s->model->tables, columns[i].values,
                               columns[i].offsets, 0, count);
    if (code != DINC_CODE_OK) return code;
  }
  dinc_put_served(s->memory, 0);
  dinc_compute_user(s);
  s->has_user = 1;
  return DINC_CODE_OK;
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
  places.scratch = (uint32_t *)(void *)(s->memory + DINC_SCRATCH);
  return places;
}

int NAME_user(NAME_session *s, const dinc_request *request) {
  dinc_error error;
  dinc_places places = NAME_places(s);
  s->error.text[0] = 0;
  s->has_user = 0;
  if (dinc_open_request(&dinc_input_table, request, s->part_steps, &error) != DINC_FINE) return NAME_refuse(s, &error);
  if (dinc_read_request(&dinc_input_table, &s->model->fitted, request, s->part_steps, &places, &error) != DINC_FINE)
    return NAME_refuse(s, &error);
  for (int i = 0; i < DINC_HISTORIES; i++) s->steps[i] = (uint32_t)s->part_steps[dinc_history_parts[i]].count;
  dinc_compute_user(s);
  s->has_user = 1;
  return DINC_CODE_OK;
}

/* Candidates in one of two forms. */
typedef struct {
  const NAME_column *columns;
  const dinc_rows *rows;
  size_t count;
} NAME_candidates;

static NAME_candidates NAME_of_columns(const NAME_column *columns, size_t count) {
  NAME_candidates all;
  all.columns = columns;
  all.rows = 0;
  all.count = count;
  return all;
}

static NAME_candidates NAME_of_rows(const dinc_rows *rows) {
  NAME_candidates all;
  all.columns = 0;
  all.rows = rows;
  all.count = rows->count;
  return all;
}

/* Computes a block of candidates, from number `from` on. */
static int NAME_block(NAME_session *s, NAME_candidates all, size_t from, size_t n) {
  if (all.rows != 0) {
    dinc_error error;
    dinc_places places = NAME_places(s);
    if (dinc_read_candidates(&dinc_input_table, &s->model->fitted, all.rows, from, n, &places, &error) != DINC_FINE)
      return NAME_refuse(s, &error);
  } else {
    for (int i = 0; i < DINC_CANDIDATE_COLUMNS; i++) {
      int code = dinc_put_column(&s->error, dinc_candidate_columns + i, s->memory, s->elements, s->model->tables,
                                 all.columns[i].values, all.columns[i].offsets, from, n);
      if (code != DINC_CODE_OK) return code;
    }
    dinc_put_served(s->memory, (uint32_t)n);
  }
  dinc_compute_candidates(s, (uint32_t)n);
  return DINC_CODE_OK;
}

/* Whether the session may score these. */
static int NAME_ready(NAME_session *s, NAME_candidates all) {
  dinc_error error;
  s->error.text[0] = 0;
  if (!s->has_user) return dinc_fault(&s->error, DINC_CODE_NO_USER, "the session", -1, "has no user yet");
  if (all.rows != 0 && dinc_open_candidates(&dinc_input_table, all.rows, &error) != DINC_FINE) return NAME_refuse(s, &error);
  return DINC_CODE_OK;
}

static int NAME_score(NAME_session *s, NAME_candidates all, float *scores) {
  size_t n = all.count;
  int code = NAME_ready(s, all);
  for (size_t from = 0; code == DINC_CODE_OK && from < n; from += DINC_BLOCK) {
    size_t few = n - from < (size_t)DINC_BLOCK ? n - from : (size_t)DINC_BLOCK;
    code = NAME_block(s, all, from, few);
    if (code == DINC_CODE_OK) code = dinc_read_logits(s, scores, n, from, few);
  }
  return code;
}

int NAME_logits(NAME_session *s, const dinc_rows *candidates, float *scores) {
  return NAME_score(s, NAME_of_rows(candidates), scores);
}

int NAME_rank(NAME_session *s, const dinc_rows *candidates, float *scores) {
  int code = NAME_logits(s, candidates, scores);
  if (code == DINC_CODE_OK) dinc_predict(scores, candidates->count);
  return code;
}

int NAME_logits_encoded(NAME_session *s, const NAME_column *columns, size_t n, float *scores) {
  return NAME_score(s, NAME_of_columns(columns, n), scores);
}

int NAME_rank_encoded(NAME_session *s, const NAME_column *columns, size_t n, float *scores) {
  int code = NAME_logits_encoded(s, columns, n, scores);
  if (code == DINC_CODE_OK) dinc_predict(scores, n);
  return code;
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

static int NAME_best(NAME_session *s, NAME_candidates all, size_t k, int label, NAME_top *best, size_t *found) {
  float block[DINC_BLOCK * DINC_ALL_SCORES], logits[DINC_ALL_SCORES];
  size_t n = all.count;
  int code = NAME_ready(s, all);
  *found = 0;
  if (code != DINC_CODE_OK) return code;
  if (label < 0 || label >= DINC_LABELS || !dinc_has_order(label))
    return dinc_fault(&s->error, DINC_CODE_INPUT, "label", -1, "has no order, or is not a label of the model");
  for (size_t from = 0; from < n; from += DINC_BLOCK) {
    size_t few = n - from < (size_t)DINC_BLOCK ? n - from : (size_t)DINC_BLOCK;
    code = NAME_block(s, all, from, few);
    if (code == DINC_CODE_OK) code = dinc_read_logits(s, block, few, 0, few);
    if (code != DINC_CODE_OK) {
      *found = 0;
      return code;
    }
    for (size_t i = 0; i < few; i++) {
      NAME_top one;
      NAME_gather_logits(block, few, i, logits);
      one.index = from + i;
      one.order = dinc_order(label, logits, &one.score);
      dinc_offer(best, found, k, one);
    }
  }
  dinc_sort_best(best, *found);
  return DINC_CODE_OK;
}

int NAME_top_k(NAME_session *s, const dinc_rows *candidates, size_t k, int label, NAME_top *best, size_t *found) {
  return NAME_best(s, NAME_of_rows(candidates), k, label, best, found);
}

int NAME_top_k_encoded(NAME_session *s, const NAME_column *columns, size_t n, size_t k, int label, NAME_top *best,
                       size_t *found) {
  return NAME_best(s, NAME_of_columns(columns, n), k, label, best, found);
}
