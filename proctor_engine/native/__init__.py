"""The engine's arithmetic in C, for x86-64 with AVX2, AVX-512 or FP16: the models' layers and all that is between them.

What is here gives the same observations as `detectors` does with LiteRT and OpenCV, in less time (`make bench-engine`);
where it was not built, or the processor is another, the engine runs on those.
"""
