#include "harness.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

struct Result {
  long done = 0;
  long failed = 0;
  std::string said;
  bool ended = false;
};

// In the child: the case, and then an ordinary end of the process, at which leaks are counted.
[[noreturn]] void runHere(const Case& one, int counts, int said) {
  dup2(said, STDERR_FILENO);
  for (const auto& [name, value] : one.environment) {
    setenv(name, value, 1);
  }
  Checks checks;
  one.body(checks);
  long numbers[2] = {checks.done, checks.failed};
  bool written = write(counts, numbers, sizeof numbers) == sizeof numbers;
  std::exit(written ? 0 : 1);
}

std::string readAll(int from) {
  std::string all;
  char part[4096];
  for (ssize_t n; (n = read(from, part, sizeof part)) > 0;) {
    all.append(part, static_cast<size_t>(n));
  }
  return all;
}

Result run(const Case& one) {
  int counts[2], said[2];
  if (pipe(counts) != 0 || pipe(said) != 0) {
    std::perror("pipe");
    std::exit(2);
  }
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    close(counts[0]);
    close(said[0]);
    runHere(one, counts[1], said[1]);
  }
  close(counts[1]);
  close(said[1]);
  Result result;
  result.said = readAll(said[0]);
  long numbers[2] = {0, 0};
  bool complete = read(counts[0], numbers, sizeof numbers) == sizeof numbers;
  int status = 0;
  waitpid(child, &status, 0);
  result.done = numbers[0];
  result.failed = numbers[1];
  result.ended = complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  close(counts[0]);
  close(said[0]);
  return result;
}

// Whether a case passed; prints why not.
bool judge(const Case& one, const Result& result) {
  std::string why;
  if (!result.ended) {
    why = "ended abnormally";
  } else if (result.failed > 0) {
    why = std::to_string(result.failed) + " checks failed";
  } else if (result.done == 0) {
    why = "checked nothing";
  }
  for (const std::string& text : one.says) {
    if (result.said.find(text) == std::string::npos) {
      why = "did not say '" + text + "'";
    }
  }
  if (one.says.empty() && result.said.find("softcuda:") != std::string::npos) {
    why = "said something unasked";
  }
  if (!why.empty()) {
    std::printf("FAILED: %s: %s\n%s", one.name, why.c_str(), result.said.c_str());
  }
  return why.empty();
}

}  // namespace

Case::Case(const char* name, Environment environment, std::function<void(Checks&)> body,
           std::vector<std::string> says)
    : name(name),
      environment(std::move(environment)),
      body(std::move(body)),
      says(std::move(says)) {
  cases().push_back(*this);
}

void Checks::that(const std::string& what, bool holds) {
  done++;
  if (!holds) {
    failed++;
    std::fprintf(stderr, "  does not hold: %s\n", what.c_str());
  }
}

void Checks::equal(const std::string& what, double got, double want) { near(what, got, want, 0); }

void Checks::near(const std::string& what, double got, double want, double tolerance) {
  done++;
  if (!(std::fabs(got - want) <= tolerance) && failed++ < 10) {
    std::fprintf(stderr, "  %s: %.9g, and not %.9g\n", what.c_str(), got, want);
  }
}

// Runs the cases whose names hold an argument, or all.
int main(int count, char** arguments) {
  long checks = 0, ran = 0, failed = 0;
  for (const Case& one : cases()) {
    if (count > 1 && std::strstr(one.name, arguments[1]) == nullptr) {
      continue;
    }
    Result result = run(one);
    ran++;
    checks += result.done;
    failed += !judge(one, result);
  }
  std::printf("%ld cases of the software device with %ld checks, %ld failed\n", ran, checks,
              failed);
  return ran == 0 || failed > 0 ? 1 : 0;
}
