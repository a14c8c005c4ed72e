#include "sterlet/cli/cli.h"

int main(int argc, char** argv) { return sterlet::cli::run(argc, argv); }
