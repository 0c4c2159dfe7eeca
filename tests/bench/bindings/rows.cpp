// Scores rows by the header for C++: rows WEIGHTS ROWS.tsv
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include "din.hpp"

using namespace dinc::din;

static std::vector<std::string> split(const std::string &text, char by) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, by);) parts.push_back(part);
  return parts;
}

int main(int, char **arguments) {
  auto model = Model::load(arguments[1]);
  Session session(model);
  std::vector<std::pair<Request, std::vector<Candidate>>> rows;
  std::ifstream file(arguments[2]);
  for (std::string line; std::getline(file, line);) {
    auto cells = split(line, '\t');
    auto items = split(cells[2], ','), cates = split(cells[3], ',');
    Request request;
    for (std::size_t i = 0; i < items.size(); i++) request.history.clicks.push_back({items[i], cates[i]});
    rows.push_back({std::move(request), {{cells[0], cells[1]}}});
  }
  auto score = [&] {
    double sum = 0;
    for (const auto &[request, candidates] : rows) {
      session.user(request);
      sum += session.rank(candidates)[0];
    }
    return sum;
  };
  score();
  auto started = std::chrono::steady_clock::now();
  double sum = score();
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  std::printf("RESULT {\"rows\": %zu, \"seconds\": %.9f, \"sum\": %.9f}\n", rows.size(), seconds.count(), sum);
}
