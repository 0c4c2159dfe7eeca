/*
 * Raw values of a request, and the table by which a ranker encodes them: as ids, and as the numbers that the
 * network takes. The same raw value gives the same bits as in training and in compiler/serve, and what that refuses
 * is refused here, with the same words.
 *
 * C99 and its library only. Nothing is allocated while values are encoded, nothing is global, and every function may
 * run in any number of threads at once. Values are not trusted: they may hold any bytes.
 */
#ifndef DINC_INPUTS_H
#define DINC_INPUTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A module that includes inputs.c may declare its functions static. */
#ifndef DINC_FUNCTION
#define DINC_FUNCTION
#endif

/* ---- Raw values ---- */

typedef enum dinc_type {
  DINC_MISSING,   /* There is no value: JavaScript's undefined. */
  DINC_NULL,      /* The value is empty: null. */
  DINC_NO_RECORD, /* The whole row isn't a record. All its values have this type. */
  DINC_NUMBER,
  DINC_INTEGER,   /* Exact, so that it may be any id. Elsewhere it counts as a number. */
  DINC_TEXT,      /* UTF-8. Bytes that are not count as U+FFFD, as where text is decoded in a browser. */
  DINC_BOOLEAN,
  DINC_LIST,      /* Of values. */
  DINC_FLOATS,    /* Lists of numbers. */
  DINC_DOUBLES,
  DINC_OBJECT     /* Anything else, which no feature takes. */
} dinc_type;

/* A value, which belongs to the caller. */
typedef struct dinc_value {
  dinc_type type;
  size_t length; /* The bytes of a text; the values of a list. */
  union {
    double number;
    int64_t integer;
    int boolean;
    const char *text;
    const struct dinc_value *values;
    const float *floats;
    const double *doubles;
  } of;
} dinc_value;

/*
 * Rows of a request: the steps of a history with the latest last, candidates, or the one row of the user or the
 * context. Row i has the value of field f in values[i * fields + f]; dinc_part lists the fields.
 */
typedef struct dinc_rows {
  dinc_type type; /* DINC_LIST, and for the user and the context DINC_OBJECT. Any other type is refused. */
  size_t count;   /* 1 for the user and the context. */
  const dinc_value *values;
} dinc_rows;

typedef struct dinc_request {
  dinc_type history;      /* The type of the record with the histories: DINC_OBJECT, or anything if there are none. */
  const dinc_rows *parts; /* In the order of dinc_inputs. */
} dinc_request;

/* ---- Errors ---- */

typedef enum dinc_problem {
  DINC_FINE,
  DINC_IS_MISSING,
  DINC_LIST_IS_MISSING,
  DINC_TEXT_IS_MISSING,
  DINC_NOT_AN_ARRAY,
  DINC_NOT_AN_OBJECT,
  DINC_NOT_A_STRING,
  DINC_NOT_AN_ID,
  DINC_NOT_WHOLE,
  DINC_NOT_EXACT,
  DINC_NOT_A_NUMBER,
  DINC_NOT_FINITE,
  DINC_OUT_OF_RANGE,
  DINC_OUT_OF_DOMAIN, /* A transform takes no such number. */
  DINC_TRANSFORMED_OUT_OF_RANGE,
  DINC_NOT_A_TIME,
  DINC_NOT_A_VECTOR,
  DINC_OTHER_WIDTH,
  DINC_HOLDS_NO_NUMBER,
  DINC_HOLDS_NOT_FINITE,
  DINC_HOLDS_OUT_OF_RANGE,
  DINC_NOT_A_PAIR,
  DINC_NOT_A_WEIGHT,
  DINC_NEGATIVE_WEIGHT,
  DINC_IS_LATER /* than its request. */
} dinc_problem;

#define DINC_NONE (-1)

/* The first problem of a request, in the order in which a ranker reads it. */
typedef struct dinc_error {
  dinc_problem problem;
  int32_t part;   /* Among the parts; part_count for candidates. DINC_NONE: the record with the histories. */
  int32_t field;  /* Among the fields of its part. DINC_NONE: a whole row, or all rows. */
  int64_t row;    /* In the list as it was given; DINC_NONE for all rows, the user and the context. */
  int64_t item;   /* In a value that is a list, or DINC_NONE. */
  double number;  /* The number, width or seconds that the message tells. */
  uint32_t width; /* The width that a vector must have. */
  int32_t step;   /* The place in the feature's pipe of the transform that takes no such number. */
  int32_t past;   /* Among the checked times of steps. */
} dinc_error;

/* ---- The table of inputs, which the compiler prints ---- */

typedef enum dinc_step_kind { DINC_LOG1P, DINC_STANDARDIZE, DINC_MIN_MAX, DINC_CLIP } dinc_step_kind;

/* A transform: of a and b, or of the two numbers of a fitted list. */
typedef struct dinc_step {
  dinc_step_kind kind;
  double a, b;
  int32_t list; /* DINC_NONE: a and b. */
} dinc_step;

/* How one raw value is read. */
typedef enum dinc_kind {
  DINC_VOCABULARY, /* An id: a value of vocabulary number `list`. */
  DINC_RANGE,      /* An id: `size` whole numbers from `low` on. */
  DINC_HASH,       /* An id: one of `size` buckets. */
  DINC_BUCKETS,    /* An id: the bucket of a number between bounds. */
  DINC_HOUR,       /* An id: what the clock shows at a time. */
  DINC_WEEKDAY,
  DINC_HOUR_OF_WEEK,
  DINC_MONTH,
  DINC_CODES,   /* Ids: the codes of a vector of `size` numbers. */
  DINC_NUMBERS, /* A number. */
  DINC_VECTOR,  /* `size` numbers. */
  DINC_TIME     /* Two numbers: the day from 2000 on, and the second of the day. */
} dinc_kind;

typedef enum dinc_set { DINC_ONE, DINC_SET, DINC_WEIGHTED, DINC_WORDS, DINC_LEVELS } dinc_set;

typedef struct dinc_feature {
  dinc_kind kind;
  dinc_set set;           /* Whether its value is one, a set, a set whose values have weights, a text that is a set of
                             words, or a vector with codes. */
  uint32_t max;           /* The first different values of a set that count, or the levels of codes. */
  int missing_is_unknown; /* A missing value has the id 1. */
  double missing;         /* The number that replaces a missing value. NaN: a missing value is refused. */
  uint32_t size;
  uint32_t seed; /* That of the hash. */
  int64_t low;
  int32_t list;           /* A vocabulary, the centroids of the first level of codes, or the fitted list of bounds;
                             DINC_NONE: `bounds`. */
  uint32_t clusters;      /* The most centroids of a level. */
  uint32_t prefixes;      /* The buckets for hashes of prefixes; 0: each level has its own ids. */
  const dinc_step *steps; /* The transforms of a number. */
  uint32_t step_count;
  const double *bounds; /* Ascending. */
  uint32_t bound_count;
  const int64_t *changes; /* When the clock's offset changes, in seconds since 1970, ascending. */
  const int32_t *offsets; /* The seconds ahead of UTC: before the first change, after it, … */
  uint32_t change_count;
  int of_mean; /* Weights are at least 0, and divided by their sum. */
} dinc_feature;

/* An input of the network. */
typedef struct dinc_input {
  uint32_t field; /* The field of its part that it is read from. */
  const dinc_feature *feature;
  uint32_t place; /* Where its ids (uint32_t) or numbers (float) go: dinc_places.of[place]. */
  uint32_t rows;  /* For a set: where the row of each id goes. */
  uint32_t set;   /* For a set: dinc_places.elements[set] is the number of its ids. */
  uint32_t weights; /* For a set whose values have weights: where these (float) go. */
} dinc_input;

/* The values that pad histories to one length. */
typedef struct dinc_filling {
  const struct dinc_filling_text {
    const char *bytes;
    size_t length;
  } *texts; /* In plain form; an empty text is a step without a value. */
  uint32_t text_count;
  const double *numbers; /* Those that are the plain form of a number. */
  uint32_t number_count;
} dinc_filling;

typedef struct dinc_field {
  const char *name;
  const char *path; /* As it follows its row in messages: `.item_id`. */
} dinc_field;

typedef struct dinc_part {
  const char *where; /* `history.clicks`, `user`, `context`, `candidates`. */
  const char *name;
  int is_history;
  uint32_t max; /* The latest steps of a history that count. */
  const dinc_field *fields;
  uint32_t field_count;
  const dinc_input *inputs;
  uint32_t input_count;
  const dinc_filling *filling; /* NULL: a history without padding. */
} dinc_part;

/* A cross of inputs, which are read before it. */
typedef struct dinc_cross {
  uint32_t place;
  uint32_t size;
  uint32_t part_count;
  const struct dinc_cross_part {
    uint32_t place;
    int is_of_candidates;
  } *parts;
} dinc_cross;

/* An input with the same value in every request, as training alone knows it. */
typedef struct dinc_served {
  uint32_t place;
  uint32_t count;
  int is_id;
  float value;
} dinc_served;

/* Times of steps, none of which may be later than their request. */
typedef struct dinc_past {
  uint32_t part, field, place;
  uint32_t now;    /* The place of the request's time. */
  const char *own; /* Its name in messages. */
} dinc_past;

typedef struct dinc_inputs {
  const dinc_part *parts; /* Histories, then the user and the context: what the network reads of them. */
  uint32_t part_count;
  dinc_part candidates;
  const dinc_past *pasts;
  uint32_t past_count;
  const dinc_served *served;
  uint32_t served_count;
  const dinc_cross *request_crosses;
  uint32_t request_cross_count;
  const dinc_cross *candidate_crosses;
  uint32_t candidate_cross_count;
  uint32_t place_count;
  uint32_t set_count;
  uint32_t scratch; /* Words of dinc_places.scratch. */
  uint32_t vocabulary_count;
  uint32_t list_count;
  const uint32_t *least; /* The numbers that each list must have at least. */
} dinc_inputs;

/* ---- Fitted values, which are part of the weights ---- */

/* A view of a block of the weights: vocabularies, and lists of what transforms learned. */
typedef struct dinc_fitted {
  const unsigned char *block;
  const double *numbers;
} dinc_fitted;

/*
 * Checks a block of `size` bytes, whose address is a multiple of 8, and which outlives `fitted`. Returns 1 if it fits
 * the inputs, else 0. Does not allocate.
 */
DINC_FUNCTION int dinc_open_fitted(const dinc_inputs *inputs, const void *block, size_t size, dinc_fitted *fitted);

/* The number of known ids of a feature: its embedding table has two rows more. 0 for numbers. */
DINC_FUNCTION uint32_t dinc_known(const dinc_fitted *fitted, const dinc_feature *feature);

/* ---- Encoding ---- */

/* Where one thread writes. */
typedef struct dinc_places {
  void *const *of;    /* By place. A set's ids and rows have room for `max` of each row. */
  uint32_t *elements; /* By set. */
  uint32_t *scratch;  /* dinc_inputs.scratch words, of any content, at a multiple of 8 bytes. */
} dinc_places;

/* The rows of a part that count. */
typedef struct dinc_steps {
  size_t from;
  size_t count;
} dinc_steps;

/* Counts the steps of a request: one dinc_steps for each part. All functions return DINC_FINE or error->problem. */
DINC_FUNCTION dinc_problem dinc_open_request(const dinc_inputs *inputs, const dinc_request *request,
                                             dinc_steps *steps, dinc_error *error);

/* Encodes all that candidates share. `steps` are those that dinc_open_request counted. */
DINC_FUNCTION dinc_problem dinc_read_request(const dinc_inputs *inputs, const dinc_fitted *fitted,
                                             const dinc_request *request, const dinc_steps *steps,
                                             const dinc_places *places, dinc_error *error);

/* Checks that candidates are a list. */
DINC_FUNCTION dinc_problem dinc_open_candidates(const dinc_inputs *inputs, const dinc_rows *candidates,
                                                dinc_error *error);

/* Encodes `count` candidates from index `from` on. Crosses read what dinc_read_request wrote. */
DINC_FUNCTION dinc_problem dinc_read_candidates(const dinc_inputs *inputs, const dinc_fitted *fitted,
                                                const dinc_rows *candidates, size_t from, size_t count,
                                                const dinc_places *places, dinc_error *error);

/*
 * Writes the message of an error, `candidates[3].price must be a number`: at most size - 1 bytes and a zero. Returns
 * the length of the whole message.
 */
DINC_FUNCTION size_t dinc_error_text(const dinc_inputs *inputs, const dinc_error *error, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
