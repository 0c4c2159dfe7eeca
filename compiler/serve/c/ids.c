/* Ids of raw values, one or several. */

/* A value that cannot be an id. */
#define DINC_NOT_AN_ID_OF_ANY UINT32_MAX

/* The offset of a text in a range of whole numbers. Only the plain decimal form is a number: `01` and `1e0` are not. */
static uint32_t dinc_in_range(const dinc_feature *feature, const unsigned char *text, size_t length) {
  const int is_negative = length > 0 && text[0] == '-';
  const size_t first = is_negative ? 1 : 0;
  int64_t whole = 0;
  if (length == first || length - first > 16) return DINC_UNKNOWN;
  if (text[first] == '0' && (is_negative || length > 1)) return DINC_UNKNOWN;
  for (size_t i = first; i < length; i++) {
    if (!dinc_is_digit(text[i])) return DINC_UNKNOWN;
    whole = 10 * whole + (text[i] - '0');
  }
  if ((double)whole >= DINC_EXACT) return DINC_UNKNOWN;
  const int64_t offset = (is_negative ? -whole : whole) - feature->low;
  return offset >= 0 && offset < (int64_t)feature->size ? DINC_FIRST_KNOWN + (uint32_t)offset : DINC_UNKNOWN;
}

/* The id of a text: a value's own, or a word. */
static uint32_t dinc_id_of_text(const dinc_feature *feature, const dinc_fitted *fitted, const unsigned char *text,
                                size_t length) {
  switch (feature->kind) {
    case DINC_VOCABULARY: return dinc_find(fitted, feature->list, text, length);
    case DINC_RANGE: return dinc_in_range(feature, text, length);
    default: return DINC_FIRST_KNOWN + dinc_hash_text(text, length, feature->seed) % feature->size;
  }
}

/* The bounds of buckets. */
static const double *dinc_bounds(const dinc_feature *feature, const dinc_fitted *fitted, uint32_t *count) {
  if (feature->list == DINC_NONE) {
    *count = feature->bound_count;
    return feature->bounds;
  }
  *count = dinc_lists(fitted->block)[feature->list].count;
  return dinc_list(fitted, feature->list);
}

static uint32_t dinc_id_of(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value) {
  if (feature->missing_is_unknown && dinc_is_absent(value)) return DINC_UNKNOWN;
  switch (feature->kind) {
    case DINC_VOCABULARY:
    case DINC_RANGE:
    case DINC_HASH: {
      dinc_text text;
      if (!dinc_id_text(value, &text)) return DINC_NOT_AN_ID_OF_ANY;
      return dinc_id_of_text(feature, fitted, text.bytes, text.length);
    }
    case DINC_BUCKETS: {
      const double x = dinc_exact(feature, fitted, value);
      if (isnan(x)) return DINC_NOT_AN_ID_OF_ANY;
      uint32_t count;
      const double *bounds = dinc_bounds(feature, fitted, &count);
      return DINC_FIRST_KNOWN + dinc_bucket(bounds, count, x);
    }
    default: {
      const int shown = dinc_shown(feature, value);
      return shown < 0 ? DINC_NOT_AN_ID_OF_ANY : DINC_FIRST_KNOWN + (uint32_t)shown;
    }
  }
}

static void dinc_why_no_id(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value,
                           dinc_error *error) {
  switch (feature->kind) {
    case DINC_VOCABULARY:
    case DINC_RANGE:
    case DINC_HASH:
      error->problem = value->type == DINC_MISSING || value->type == DINC_NO_RECORD ? DINC_IS_MISSING : DINC_NOT_AN_ID;
      if (value->type != DINC_NUMBER) return;
      error->number = value->of.number;
      error->problem = isfinite(value->of.number) && value->of.number == floor(value->of.number) ? DINC_NOT_EXACT
                                                                                                : DINC_NOT_WHOLE;
      return;
    case DINC_BUCKETS: dinc_why_no_number(feature, fitted, value, error); return;
    default: dinc_why_no_time(value, error); return;
  }
}

DINC_FUNCTION uint32_t dinc_known(const dinc_fitted *fitted, const dinc_feature *feature) {
  uint32_t count;
  switch (feature->kind) {
    case DINC_VOCABULARY: return dinc_vocabulary_of(fitted->block, feature->list)->known;
    case DINC_RANGE:
    case DINC_HASH: return feature->size;
    case DINC_BUCKETS: dinc_bounds(feature, fitted, &count); return count + 1;
    case DINC_HOUR: return 24;
    case DINC_WEEKDAY: return 7;
    case DINC_HOUR_OF_WEEK: return 168;
    case DINC_MONTH: return 12;
    case DINC_CODES: return feature->prefixes > 0 ? feature->prefixes : feature->max * feature->clusters;
    case DINC_NUMBERS:
    case DINC_VECTOR:
    case DINC_TIME: return 0;
  }
  return 0;
}

/* The id of a cross: the hash of its parts' ids, in one of `size` buckets. It is unknown if a part is. */
static uint32_t dinc_cross_id(const dinc_cross *cross, const dinc_places *places, size_t row) {
  uint32_t hash = 0;
  for (uint32_t i = 0; i < cross->part_count; i++) {
    const uint32_t *ids = (const uint32_t *)places->of[cross->parts[i].place];
    const uint32_t id = ids[cross->parts[i].is_of_candidates ? row : 0];
    if (id < DINC_FIRST_KNOWN) return DINC_UNKNOWN;
    hash = dinc_hash_word(hash, id);
  }
  return DINC_FIRST_KNOWN + dinc_hash_end(hash, 4 * cross->part_count) % cross->size;
}

/* ---- Sets: the first `max` different values count, each as one id ---- */

/* The values of one set that were seen: a table of hashes in the caller's scratch, of two words an entry. */
typedef struct dinc_seen {
  uint32_t *entries;
  uint32_t mask;
  int in_pairs; /* Whether the values are the first of pairs. */
} dinc_seen;

/* Makes room for `most` different values. */
static dinc_seen dinc_none_seen(uint32_t *scratch, uint64_t most) {
  uint32_t size = 2;
  while (size < 2 * most) size *= 2;
  memset(scratch, 0, 2 * sizeof *scratch * size);
  return (dinc_seen){scratch, size - 1, 0};
}

/* Whether two values are the same in a set. A whole number and its decimal text are. */
static int dinc_same_value(const dinc_value *a, const dinc_value *b) {
  dinc_text first;
  dinc_text second;
  const int is_id = dinc_id_text(a, &first);
  if (is_id != dinc_id_text(b, &second)) return 0;
  return is_id ? dinc_same_text(first.bytes, first.length, second.bytes, second.length) : a->type == b->type;
}

static const dinc_value *dinc_item(const dinc_seen *seen, const dinc_value *list, size_t i) {
  const dinc_value *item = &list->of.values[i];
  return seen->in_pairs ? &item->of.values[0] : item;
}

/* Whether value i of a list is seen for the first time. */
static int dinc_is_new(const dinc_seen *seen, const dinc_value *list, size_t i) {
  const dinc_value *value = dinc_item(seen, list, i);
  dinc_text text;
  const uint32_t hash =
      dinc_id_text(value, &text) ? dinc_hash_text(text.bytes, text.length, 0) : (uint32_t)value->type;
  uint32_t *entry = NULL;
  for (uint32_t at = hash;; at++) {
    entry = &seen->entries[2 * (at & seen->mask)];
    if (entry[0] == 0) break;
    if (entry[1] == hash && dinc_same_value(dinc_item(seen, list, entry[0] - 1), value)) return 0;
  }
  entry[0] = (uint32_t)i + 1;
  entry[1] = hash;
  return 1;
}

/* Writes the ids of a set, and returns how many; the error's problem tells whether a value was refused. */
static uint32_t dinc_read_list(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *list,
                               uint32_t *ids, uint32_t *scratch, dinc_error *error) {
  const dinc_seen seen = dinc_none_seen(scratch, list->length < feature->max ? list->length : feature->max);
  uint32_t count = 0;
  for (size_t i = 0; i < list->length && count < feature->max; i++) {
    const dinc_value *value = &list->of.values[i];
    if (!dinc_is_new(&seen, list, i)) continue;
    const uint32_t id = dinc_id_of(feature, fitted, value);
    if (id == DINC_NOT_AN_ID_OF_ANY) {
      error->item = (int64_t)i;
      dinc_why_no_id(feature, fitted, value, error);
      return count;
    }
    ids[count++] = id;
  }
  return count;
}

/* ---- Codes: the nearest centroid of what the levels before it left, each as one id ---- */

/*
 * The squared distance of `width` numbers, as four sums, each of every fourth term. Returns early with a number above
 * `limit` if the distance is.
 */
static double dinc_squared_distance(const double *x, const double *y, uint32_t width, double limit) {
  double sums[4] = {0, 0, 0, 0};
  uint32_t i = 0;
  for (; i + 4 <= width; i += 4) {
    if (i % 16 == 0 && sums[0] + sums[1] + (sums[2] + sums[3]) > limit) break;
    for (uint32_t j = 0; j < 4; j++) {
      const double difference = x[i + j] - y[i + j];
      sums[j] += difference * difference;
    }
  }
  for (uint32_t j = 0; i + 4 > width && i + j < width; j++) {
    const double difference = x[i + j] - y[i + j];
    sums[j] += difference * difference;
  }
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

/* Writes the ids of a vector, one for each level, and returns how many; the error's problem tells whether it was refused. */
static uint32_t dinc_read_codes(const dinc_feature *feature, const dinc_fitted *fitted, const dinc_value *value,
                                uint32_t *ids, uint32_t *scratch, dinc_error *error) {
  const uint32_t width = feature->size;
  double *rest = (double *)(void *)scratch;
  float *vector = (float *)(void *)(scratch + 2 * (size_t)width);
  uint32_t hash = 0;
  if (feature->missing_is_unknown && dinc_is_absent(value)) {
    ids[0] = DINC_UNKNOWN;
    return 1;
  }
  if (!dinc_read_vector(feature, value, vector)) {
    dinc_why_no_vector(feature, value, error);
    return 0;
  }
  for (uint32_t i = 0; i < width; i++) rest[i] = (double)vector[i];
  for (uint32_t level = 0; level < feature->max; level++) {
    const int32_t list = feature->list + (int32_t)level;
    const double *centroids = dinc_list(fitted, list);
    const uint32_t count = dinc_lists(fitted->block)[list].count / width;
    uint32_t code = 0;
    double least = dinc_squared_distance(rest, centroids, width, INFINITY);
    for (uint32_t k = 1; k < count && k < feature->clusters; k++) {
      const double distance = dinc_squared_distance(rest, centroids + (size_t)k * width, width, least);
      if (!(distance < least)) continue;
      least = distance;
      code = k;
    }
    for (uint32_t i = 0; i < width; i++) rest[i] -= centroids[(size_t)code * width + i];
    hash = dinc_hash_word(hash, DINC_FIRST_KNOWN + code);
    ids[level] = DINC_FIRST_KNOWN + (feature->prefixes > 0 ? dinc_hash_end(hash, 4 * (level + 1)) % feature->prefixes
                                                           : level * feature->clusters + code);
  }
  return feature->max;
}
