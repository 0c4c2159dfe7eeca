#ifndef DINC_MODEL_NAME_HPP
#define DINC_MODEL_NAME_HPP

#include "NAME.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dinc::NAME {

/* A request cannot be scored. The text names the value, in the words of `dinc predict`. */
class InputError : public ::std::invalid_argument {
 public:
  using ::std::invalid_argument::invalid_argument;
};

/* A weights file cannot be used, or there is no memory: `code` is one of those in NAME.h. */
class LoadError : public ::std::runtime_error {
 public:
  LoadError(const ::std::string &subject, int why)
      : ::std::runtime_error(subject + ": " + ::NAME_message(why)), code(why) {}
  const int code;
};

/* An id or a time: a text, a whole number, a number. Without any it is missing. */
class Value {
 public:
  Value() = default;
  Value(::std::nullptr_t) : type_(DINC_NULL) {}
  Value(::std::string text) : type_(DINC_TEXT), text_(::std::move(text)) {}
  Value(::std::string_view text) : Value(::std::string(text)) {}
  Value(const char *text) : Value(::std::string(text)) {}
  template <typename T, ::std::enable_if_t<::std::is_arithmetic_v<T>, int> = 0>
  Value(T number) {
    if constexpr (::std::is_same_v<T, bool>) {
      type_ = DINC_BOOLEAN;
      integer_ = number;
    } else if constexpr (::std::is_floating_point_v<T>) {
      type_ = DINC_NUMBER;
      number_ = static_cast<double>(number);
    } else if (::std::is_unsigned_v<T> && static_cast<::std::uint64_t>(number) > INT64_MAX) {
      type_ = DINC_TEXT;
      text_ = ::std::to_string(number);
    } else {
      type_ = DINC_INTEGER;
      integer_ = static_cast<::std::int64_t>(number);
    }
  }

  /* The same for the C API. It points into this value. */
  dinc_value plain() const {
    dinc_value value{};
    value.type = type_;
    if (type_ == DINC_TEXT) {
      value.length = text_.size();
      value.of.text = text_.data();
    } else if (type_ == DINC_NUMBER)
      value.of.number = number_;
    else if (type_ == DINC_BOOLEAN)
      value.of.boolean = integer_ != 0;
    else
      value.of.integer = integer_;
    return value;
  }

 private:
  dinc_type type_ = DINC_MISSING;
  ::std::int64_t integer_ = 0;
  double number_ = 0;
  ::std::string text_;
};

/* Without a value these are missing. */
using Number = ::std::optional<double>;
using Text = ::std::optional<::std::string>;
using Vector = ::std::optional<::std::vector<float>>;
using Set = ::std::optional<::std::vector<Value>>;
/* Each value and its weight. */
using WeightedSet = ::std::optional<::std::vector<::std::pair<Value, Number>>>;

/* TYPES */

/* Weights, which any number of sessions share, in any threads. */
class Model {
 public:
  /* Maps a weights file into memory. @throws LoadError */
  static ::std::shared_ptr<const Model> load(const ::std::string &path) {
    const ::NAME_model *model = nullptr;
    if (const int code = ::NAME_load(path.c_str(), &model)) throw LoadError(path, code);
    return ::std::shared_ptr<const Model>(new Model(model));
  }
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;
  ~Model() { ::NAME_unload(model_); }

  const ::NAME_model *get() const { return model_; }
  ::NAME_about about() const { return ::NAME_describe(model_); }

 private:
  explicit Model(const ::NAME_model *model) : model_(model) {}
  const ::NAME_model *model_;
};

/*
 * Scores the candidates of one user after the other; belongs to one thread at a time. It keeps its model: other weights are
 * loaded beside, and the old ones are unloaded with the last of their sessions.
 */
class Session {
 public:
  /* @throws LoadError */
  explicit Session(::std::shared_ptr<const Model> model) : model_(::std::move(model)) {
    ::NAME_session *session = nullptr;
    if (const int code = ::NAME_open(model_->get(), nullptr, &session)) throw LoadError("a session", code);
    session_.reset(session);
  }

  /* Reads a user, and computes all that candidates share. @throws InputError */
  void user(const Request &request) {
    dinc_rows parts[PARTS + 1];
    lists_.clear();
    pack(request, parts);
    const dinc_request plain{DINC_OBJECT, parts};
    check(::NAME_user(session_.get(), &plain));
  }

  /* Predictions of the user's candidates: a number for each, or label after label. @throws InputError */
  ::std::vector<float> rank(const ::std::vector<Candidate> &candidates) {
    ::std::vector<float> scores(candidates.size() * SCORES);
    rank(candidates.data(), candidates.size(), scores.data());
    return scores;
  }
  void rank(const Candidate *candidates, ::std::size_t count, float *scores) {
    const dinc_rows rows = pack(candidates, count);
    check(::NAME_rank(session_.get(), &rows, scores));
  }

  /* The same before the sigmoid or the softmax. @throws InputError */
  ::std::vector<float> logits(const ::std::vector<Candidate> &candidates) {
    ::std::vector<float> scores(candidates.size() * SCORES);
    const dinc_rows rows = pack(candidates.data(), candidates.size());
    check(::NAME_logits(session_.get(), &rows, scores.data()));
    return scores;
  }

/* OUTPUTS */  /* The k best candidates by a label, the best first; of equal ones the first. @throws InputError */
  ::std::vector<::NAME_top> top_k(const ::std::vector<Candidate> &candidates, ::std::size_t k, int label = 0) {
    ::std::vector<::NAME_top> best(k < candidates.size() ? k : candidates.size());
    ::std::size_t found = 0;
    const dinc_rows rows = pack(candidates.data(), candidates.size());
    check(::NAME_top_k(session_.get(), &rows, best.size(), label, best.data(), &found));
    best.resize(found);
    return best;
  }

  /* For the functions of NAME.h, such as those of encoded values. */
  ::NAME_session *get() { return session_.get(); }

 private:
  struct Close {
    void operator()(::NAME_session *session) const { ::NAME_close(session); }
  };

  void check(int code) const {
    if (code == 0) return;
    const char *why = ::NAME_error(session_.get());
    throw InputError(*why != 0 ? why : ::NAME_message(code));
  }

  static void put(const Value &value, dinc_value &to) { to = value.plain(); }
  static void put(const Number &value, dinc_value &to) {
    to = dinc_value{};
    if (!value) return;
    to.type = DINC_NUMBER;
    to.of.number = *value;
  }
  static void put(const Text &value, dinc_value &to) {
    to = dinc_value{};
    if (!value) return;
    to.type = DINC_TEXT;
    to.length = value->size();
    to.of.text = value->data();
  }
  static void put(const Vector &value, dinc_value &to) {
    to = dinc_value{};
    if (!value) return;
    to.type = DINC_FLOATS;
    to.length = value->size();
    to.of.floats = value->data();
  }
  void put(const Set &value, dinc_value &to) {
    to = dinc_value{};
    if (!value) return;
    ::std::vector<dinc_value> &list = lists_.emplace_back(value->size());
    for (::std::size_t i = 0; i < list.size(); i++) put((*value)[i], list[i]);
    to = listOf(list.data(), list.size());
  }
  void put(const WeightedSet &value, dinc_value &to) {
    to = dinc_value{};
    if (!value) return;
    const ::std::size_t count = value->size();
    /* The pairs, and then the two values of each. */
    ::std::vector<dinc_value> &list = lists_.emplace_back(3 * count);
    for (::std::size_t i = 0; i < count; i++) {
      dinc_value *pair = list.data() + count + 2 * i;
      put((*value)[i].first, pair[0]);
      put((*value)[i].second, pair[1]);
      list[i] = listOf(pair, 2);
    }
    to = listOf(list.data(), count);
  }
  static dinc_value listOf(const dinc_value *values, ::std::size_t length) {
    dinc_value list{};
    list.type = DINC_LIST;
    list.length = length;
    list.of.values = values;
    return list;
  }

/* PACKING */

  ::std::shared_ptr<const Model> model_;
  ::std::unique_ptr<::NAME_session, Close> session_;
  /* Values of the last user and of the last candidates: their memory is used again. */
  ::std::vector<dinc_value> values_[PARTS + 1];
  ::std::deque<::std::vector<dinc_value>> lists_;
};

}  // namespace dinc::NAME

#endif
