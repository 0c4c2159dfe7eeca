/*
 * The words of a text, composed (NFC) and in lower case: the runs of letters, marks and digits. The tables of Unicode are
 * those of the engine that compiled the model, with which it was trained: compiler/backends/c/words.ts prints them.
 */

/* A place among the decomposed characters of a text: a character, and the place in its decomposition. */
typedef struct dinc_character_place {
  size_t at;
  uint32_t part;
} dinc_character_place;

/* The marks of a starter, class by class. */
typedef struct dinc_marks {
  dinc_character_place at;
  uint32_t rank; /* Of the class; 0 before the first. */
} dinc_marks;

/* A place among the composed characters of a text in lower case. Decomposed ones come in groups: a starter and its marks. */
typedef struct dinc_letters {
  const unsigned char *text;
  size_t length;
  dinc_character_place marks, end; /* The marks of the group, and what follows it. */
  dinc_marks mark;
  uint32_t first;    /* The starter before marks are composed with it; DINC_NO_CODE before a text's first starter. */
  uint32_t composed; /* The starter after that, until it is given. */
  uint32_t last;     /* The rank of the last mark that was given. */
  uint32_t lower[3];
  uint32_t lower_at;
  int is_after_cased;
} dinc_letters;

#define DINC_NO_CODE UINT32_MAX

/* Words of scratch that keep a place. */
#define DINC_LETTERS_WORDS 32
typedef char dinc_letters_fit[sizeof(dinc_letters) <= 4 * DINC_LETTERS_WORDS ? 1 : -1];

/* The last of the sorted rows whose first number is at most `code`; -1 if there is none. */
static int32_t dinc_row(const uint32_t *rows, uint32_t count, uint32_t width, uint32_t code) {
  uint32_t low = 0;
  uint32_t high = count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (rows[middle * width] <= code) low = middle + 1;
    else high = middle;
  }
  return (int32_t)low - 1;
}

#define DINC_COUNT(rows) ((uint32_t)(sizeof(rows) / sizeof *(rows)))

/* Whether a character is in one of the ranges. */
static int dinc_is_in(const uint32_t (*ranges)[2], uint32_t count, uint32_t code) {
  const int32_t row = dinc_row(ranges[0], count, 2, code);
  return row >= 0 && code <= ranges[row][1];
}

static int dinc_is_of_word(uint32_t code) {
  if (code < 0x80) return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
  return dinc_is_in(dinc_word_ranges, DINC_COUNT(dinc_word_ranges), code);
}

/* The rank of a character's combining class; 0 for a starter. */
static uint32_t dinc_rank(uint32_t code) {
  if (code < 0x300) return 0;
  const int32_t row = dinc_row(dinc_class_ranges[0], DINC_COUNT(dinc_class_ranges), 3, code);
  return row >= 0 && code <= dinc_class_ranges[row][1] ? dinc_class_ranges[row][2] : 0;
}

/* The decomposed character at a place before the end, which is moved beyond it. */
static uint32_t dinc_decomposed(const dinc_letters *it, dinc_character_place *cursor) {
  uint32_t parts[4] = {0, 0, 0, 0};
  size_t after = cursor->at;
  const uint32_t code = dinc_next(it->text, it->length, &after);
  parts[0] = code;
  if (code >= 0xac00 && code < 0xac00 + 11172) {
    /* A syllable of Hangul. */
    const uint32_t syllable = code - 0xac00;
    parts[0] = 0x1100 + syllable / 588;
    parts[1] = 0x1161 + syllable % 588 / 28;
    parts[2] = syllable % 28 == 0 ? 0 : 0x11a7 + syllable % 28;
  } else if (code >= 0xc0) {
    const int32_t row = dinc_row(dinc_decompositions[0], DINC_COUNT(dinc_decompositions), 5, code);
    if (row >= 0 && dinc_decompositions[row][0] == code)
      memcpy(parts, &dinc_decompositions[row][1], sizeof parts);
  }
  const uint32_t found = parts[cursor->part++];
  if (cursor->part == 4 || parts[cursor->part] == 0) {
    cursor->at = after;
    cursor->part = 0;
  }
  return found;
}

/* The character that two make, or 0. */
static uint32_t dinc_composed(uint32_t first, uint32_t second) {
  if (second < 0x300) return 0;
  if (first >= 0x1100 && first < 0x1113 && second >= 0x1161 && second < 0x1176)
    return 0xac00 + ((first - 0x1100) * 21 + second - 0x1161) * 28;
  if (first >= 0xac00 && first < 0xac00 + 11172 && (first - 0xac00) % 28 == 0 && second > 0x11a7 && second < 0x11c3)
    return first + second - 0x11a7;
  uint32_t low = 0;
  uint32_t high = DINC_COUNT(dinc_pairs);
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint32_t *pair = dinc_pairs[middle];
    if (pair[0] == first && pair[1] == second) return pair[2];
    if (pair[0] < first || (pair[0] == first && pair[1] < second)) low = middle + 1;
    else high = middle;
  }
  return 0;
}

static int dinc_is_at(const dinc_character_place *a, const dinc_character_place *b) {
  return a->at == b->at && a->part == b->part;
}

/* The next mark of the group, ordered by class; 0 if there is none. */
static uint32_t dinc_next_mark(const dinc_letters *it, dinc_marks *marks) {
  for (;;) {
    if (marks->rank != 0)
      while (!dinc_is_at(&marks->at, &it->end)) {
        const uint32_t mark = dinc_decomposed(it, &marks->at);
        if (dinc_rank(mark) == marks->rank) return mark;
      }
    uint32_t next = UINT32_MAX;
    for (dinc_character_place at = it->marks; !dinc_is_at(&at, &it->end);) {
      const uint32_t rank = dinc_rank(dinc_decomposed(it, &at));
      if (rank > marks->rank && rank < next) next = rank;
    }
    if (next == UINT32_MAX) return 0;
    marks->rank = next;
    marks->at = it->marks;
  }
}

/*
 * The next mark that isn't composed with the starter, which the others change; 0 if there is none. A mark of the same
 * class before it blocks a mark.
 */
static uint32_t dinc_next_own_mark(const dinc_letters *it, dinc_marks *marks, uint32_t *starter, uint32_t *last) {
  for (uint32_t mark = dinc_next_mark(it, marks); mark != 0; mark = dinc_next_mark(it, marks)) {
    const uint32_t composed =
        *starter == DINC_NO_CODE || *last >= marks->rank ? 0 : dinc_composed(*starter, mark);
    if (composed == 0) {
      *last = marks->rank;
      return mark;
    }
    *starter = composed;
  }
  return 0;
}

/* Reads the group that follows. Not at the end of the text. */
static void dinc_next_group(dinc_letters *it) {
  dinc_character_place at = it->end;
  it->first = dinc_decomposed(it, &at);
  it->marks = at;
  if (dinc_rank(it->first) != 0) {
    it->first = DINC_NO_CODE;
    it->marks = it->end;
  }
  for (;;) {
    it->end = it->marks;
    while (it->end.at < it->length) {
      at = it->end;
      if (dinc_rank(dinc_decomposed(it, &at)) == 0) break;
      it->end = at;
    }
    dinc_marks marks = {it->marks, 0};
    uint32_t last = 0;
    it->composed = it->first;
    const uint32_t own = dinc_next_own_mark(it, &marks, &it->composed, &last);
    if (own != 0)
      while (dinc_next_own_mark(it, &marks, &it->composed, &last) != 0);
    /* Without marks between them, two starters may make one. */
    if (own != 0 || it->composed == DINC_NO_CODE || it->end.at == it->length) break;
    at = it->end;
    const uint32_t both = dinc_composed(it->composed, dinc_decomposed(it, &at));
    if (both == 0) break;
    it->first = both;
    it->marks = at;
  }
  it->mark = (dinc_marks){it->marks, 0};
  it->last = 0;
}

/* Whether letters before or after are those of a word for the final form of sigma: others between them don't count. */
static int dinc_is_ignorable(uint32_t code) {
  return dinc_is_in(dinc_ignorable_ranges, DINC_COUNT(dinc_ignorable_ranges), code);
}

static int dinc_is_cased(uint32_t code) {
  return dinc_is_in(dinc_cased_ranges, DINC_COUNT(dinc_cased_ranges), code);
}

static int dinc_is_before_cased(const dinc_letters *it) {
  for (dinc_character_place at = it->marks; at.at < it->length;) {
    const uint32_t code = dinc_decomposed(it, &at);
    if (!dinc_is_ignorable(code)) return dinc_is_cased(code);
  }
  return 0;
}

/* Puts a composed character in lower case. */
static void dinc_put_lower(dinc_letters *it, uint32_t code) {
  it->lower_at = 0;
  it->lower[0] = code;
  it->lower[1] = 0;
  if (code < 0x80) {
    if (code >= 'A' && code <= 'Z') it->lower[0] = code + 32;
  } else if (code == 0x3a3) {
    it->lower[0] = it->is_after_cased && !dinc_is_before_cased(it) ? 0x3c2 : 0x3c3;
  } else {
    const int32_t row = dinc_row(dinc_lowers[0], DINC_COUNT(dinc_lowers), 4, code);
    if (row >= 0 && dinc_lowers[row][0] == code) memcpy(it->lower, &dinc_lowers[row][1], sizeof it->lower);
  }
  if (!dinc_is_ignorable(code)) it->is_after_cased = dinc_is_cased(code);
}

/* Gives the next character; 0 at the end of the text. */
static int dinc_next_letter(dinc_letters *it, uint32_t *code) {
  while (it->lower_at == 3 || it->lower[it->lower_at] == 0) {
    if (it->composed != DINC_NO_CODE) {
      const uint32_t composed = it->composed;
      it->composed = DINC_NO_CODE;
      dinc_put_lower(it, composed);
      if (it->lower[0] != 0) break;
      /* U+0000 ends no text. */
      it->lower_at = 1;
      *code = 0;
      return 1;
    }
    const uint32_t mark = dinc_next_own_mark(it, &it->mark, &it->first, &it->last);
    if (mark != 0) dinc_put_lower(it, mark);
    else if (it->end.at == it->length) return 0;
    else dinc_next_group(it);
  }
  *code = it->lower[it->lower_at++];
  return 1;
}

static dinc_letters dinc_letters_of(const dinc_value *value) {
  dinc_letters it;
  memset(&it, 0, sizeof it);
  it.text = (const unsigned char *)value->of.text;
  it.length = value->length;
  it.first = it.composed = DINC_NO_CODE;
  return it;
}

/* Whether the words that begin at two places are the same. */
static int dinc_same_word(dinc_letters a, dinc_letters b) {
  for (;;) {
    uint32_t one;
    uint32_t other;
    const int has_one = dinc_next_letter(&a, &one) && dinc_is_of_word(one);
    const int has_other = dinc_next_letter(&b, &other) && dinc_is_of_word(other);
    if (!has_one || !has_other) return has_one == has_other;
    if (one != other) return 0;
  }
}

/* Writes the ids of the words of a text, and returns how many. */
static uint32_t dinc_read_words(const dinc_feature *feature, const dinc_value *value, uint32_t *ids,
                                uint32_t *scratch) {
  const dinc_seen seen = dinc_none_seen(scratch, value->length < feature->max ? value->length : feature->max);
  uint32_t *places = scratch + 2 * (seen.mask + 1);
  dinc_letters it = dinc_letters_of(value);
  uint32_t count = 0;
  while (count < feature->max) {
    const dinc_letters start = it;
    dinc_hash state = {0, 0, 0};
    uint32_t code;
    if (!dinc_next_letter(&it, &code)) break;
    if (!dinc_is_of_word(code)) continue;
    do dinc_hash_code(&state, code);
    while (dinc_next_letter(&it, &code) && dinc_is_of_word(code));
    const uint32_t hash = dinc_hash_of(&state);
    uint32_t *entry = NULL;
    int is_new = 1;
    for (uint32_t at = hash; is_new; at++) {
      entry = &seen.entries[2 * (at & seen.mask)];
      if (entry[0] == 0) break;
      if (entry[1] != hash) continue;
      dinc_letters known;
      memcpy(&known, places + (size_t)(entry[0] - 1) * DINC_LETTERS_WORDS, sizeof known);
      if (dinc_same_word(known, start)) is_new = 0;
    }
    if (!is_new) continue;
    memcpy(places + (size_t)count * DINC_LETTERS_WORDS, &start, sizeof start);
    ids[count++] = DINC_FIRST_KNOWN + hash % feature->size;
    entry[0] = count;
    entry[1] = hash;
  }
  return count;
}
