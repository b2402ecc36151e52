// Writes an ordinary ahead-of-time Halide pipeline, with Halide's own runtime: FOLDER/neighbour.a,
// .h.
#include <Halide.h>

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  Halide::Var x("x");
  Halide::ImageParam input(Halide::Float(32), 1, "input");
  Halide::Func twice("twice"), more("more");
  twice(x) = 2 * input(x);
  more(x) = twice(x) + 1;
  twice.compute_root(); // Takes memory by halide_malloc.
  more.parallel(x, 64); // Runs in Halide's thread pool.
  more.compile_to_static_library(std::string(argv[1]) + "/neighbour", {input}, "neighbour");
  return 0;
}
