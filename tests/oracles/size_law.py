"""The lowest point of a weighted parabola, as analysis/size_law_test.cc has it; numpy 2.4.6."""
import numpy

x = numpy.array([-7, -6, -5, -4, -3, -2, -1.0])
y = numpy.array([0.31, 0.22, 0.171, 0.152, 0.149, 0.19, 0.9])
root = numpy.sqrt(numpy.exp(-2 * (y - y.min()) / (numpy.sort(y)[len(y) // 2] - y.min())))
rows = numpy.stack([numpy.ones_like(x), x, x * x], axis=1)
c = numpy.linalg.lstsq(rows * root[:, None], y * root, rcond=None)[0]
print(f"{-c[1] / (2 * c[2]):.9f}")
