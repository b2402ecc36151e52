// lines [SEED...]: vertical or horizontal? First with filters made by hand, then with what the
// network learns from each of the seeds, by default 1, 2 and 3; and how what it learned is right,
// and wrong.
#include "examples/common/Random.h"
#include "examples/lines/ByHand.h"
#include "examples/lines/Figures.h"
#include "examples/lines/Learner.h"
#include "examples/lines/Perturbation.h"
#include "examples/lines/Sets.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <tuple>

constexpr int height = 32, width = 48;
constexpr uint64_t steps = 1500;
constexpr int batchSize = 32, numTests = 10000;
constexpr float largestRate = 0.1f;
static const std::string folder = FOLDER;

/// Trains on pictures that are drawn as they are needed; with `modulated`, every second of them is
/// modulated.
static std::unique_ptr<Learner> train(uint32_t seed, bool modulated) {
  auto learner = std::make_unique<Learner>(seed);
  std::mt19937 random(seed);
  for (uint64_t step = 0; step < steps; ++step) {
    std::vector<Drawing> batch;
    for (int i = 0; i < batchSize; ++i) {
      Drawing drawing = drawLines(random, height, width);
      batch.push_back(modulated && i % 2 ? modulate(drawing) : drawing);
    }
    learner->trainStep(batch, cosineRate(largestRate, step, steps));
  }
  return learner;
}

static std::vector<Drawing> drawMany(const PictureSet &set, int count) {
  std::mt19937 random(1000);
  std::vector<Drawing> pictures;
  for (int i = 0; i < count; ++i)
    pictures.push_back(set.draw(random, height, width));
  return pictures;
}

static double percent(int part, size_t whole) { return 100.0 * part / static_cast<double>(whole); }

static void printWeights(const Learner &learner) {
  const float *weight = learner.parameter("linear.weight"); // A row a class, a column a filter.
  double a = weight[0], b = weight[1], c = weight[2], d = weight[3];
  std::printf("  final weights (%.2f %.2f; %.2f %.2f): the filters %s\n", a, b, c, d,
              (a - c) * (b - d) < 0 ? "oppose each other" : "listen to the same lines");
}

/// Trains from each seed; the network with the fewest errors, and of several the one with the least
/// loss. `best` is its seed.
static std::unique_ptr<Learner> trainAll(const std::vector<uint32_t> &seeds, uint32_t &best,
                                         const std::vector<Drawing> &tests) {
  std::unique_ptr<Learner> chosen;
  Learner::Score scoreOfChosen{};
  int most = 0;
  for (uint32_t seed : seeds) {
    std::unique_ptr<Learner> learner = train(seed, /*modulated=*/false);
    Learner::Score score = learner->test(tests);
    std::printf("seed %u: %d errors in %d test pictures, loss %.6f\n", seed, score.errors, numTests,
                score.loss);
    printWeights(*learner);
    most = std::max(most, score.errors);
    if (chosen &&
        std::tie(score.errors, score.loss) >= std::tie(scoreOfChosen.errors, scoreOfChosen.loss))
      continue;
    chosen = std::move(learner);
    scoreOfChosen = score;
    best = seed;
  }
  std::printf("result: test errors %d of %d\n", scoreOfChosen.errors, numTests);
  std::printf("result: test accuracy %.2f %%\n", 100 - percent(scoreOfChosen.errors, numTests));
  std::printf("result: lowest test accuracy %.2f %%\n", 100 - percent(most, numTests));
  return chosen;
}

static void tryOutOfDomain(Learner &learner, const Drawing &modulated) {
  std::vector<Drawing> shown;
  for (const PictureSet &set : outOfDomain) {
    std::vector<Drawing> pictures = drawMany(set, 1000);
    std::printf("result: accuracy on %s %.1f %%\n", set.name,
                100 - percent(learner.test(pictures).errors, pictures.size()));
    shown.push_back(pictures[0]);
  }
  shown.push_back(modulated);
  drawPictures(shown, folder + "/pictures.png");
}

/// How many of 1000 random changes as large as `change` that change the answer, too.
static int countRandomFlips(Learner &learner, const Drawing &picture,
                            const std::vector<float> &change) {
  std::mt19937 random(1);
  std::vector<Drawing> pictures;
  for (int i = 0; i < 1000; ++i) {
    std::vector<float> noise(change.size());
    for (float &value : noise)
      value = between(random, -0.5f, 0.5f);
    pictures.push_back(perturbed(picture, noise, static_cast<float>(norm(change) / norm(noise))));
  }
  return learner.test(pictures).errors;
}

static void perturb(Learner &learner, const Drawing &picture) {
  std::vector<float> change = smallestPerturbation(learner, picture);
  std::printf("result: smallest perturbation %.3f norm\n", norm(change));
  std::printf("result: norm of the picture %.3f norm\n", norm(picture.pixels));
  std::printf("result: perturbation is taken otherwise %d pictures\n",
              learner.test({perturbed(picture, change)}).errors);
  std::printf("result: random perturbations of this norm that do it %.1f %%\n",
              percent(countRandomFlips(learner, picture, change), 1000));
  drawPerturbation(picture, change, folder + "/perturbation.png");
}

int main(int argc, char **argv) {
  std::vector<uint32_t> seeds;
  for (int i = 1; i < argc; ++i)
    seeds.push_back(static_cast<uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  if (seeds.empty())
    seeds = {1, 2, 3};
  if (!tryHandMadeWeights(1))
    return 1;

  std::vector<Drawing> tests = drawMany(
      {"lines", [](std::mt19937 &random, int h, int w) { return drawLines(random, h, w); }},
      numTests);
  std::vector<Drawing> modulated; // All horizontal ones.
  for (const Drawing &picture : tests)
    if (picture.orientation == Horizontal)
      modulated.push_back(modulate(picture));

  uint32_t seed = 0;
  std::unique_ptr<Learner> learner = trainAll(seeds, seed, tests);
  std::printf("going on with seed %u\n", seed);
  drawFilters(*learner, folder + "/filters.png");
  tryOutOfDomain(*learner, modulated[0]);
  perturb(*learner, *std::find_if(tests.begin(), tests.end(), [](const Drawing &picture) {
    return picture.orientation == Horizontal;
  }));
  std::printf("result: modulated pictures taken otherwise %.2f %%\n",
              percent(learner->test(modulated).errors, modulated.size()));

  std::unique_ptr<Learner> again = train(seed, /*modulated=*/true);
  std::printf("result: modulated pictures taken otherwise after training with such %.2f %%\n",
              percent(again->test(modulated).errors, modulated.size()));
  std::printf("result: test accuracy after training with such %.2f %%\n",
              100 - percent(again->test(tests).errors, tests.size()));
  return 0;
}
