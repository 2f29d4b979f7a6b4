/* Which of the compiled levels this processor runs: 5 (4 that multiplies halves), 4, 3, or 0 for none. */
int best_level(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd")) {
#if defined(HALVES)
        if (__builtin_cpu_supports("avx512fp16")) return 5;
#endif
        return 4;
    }
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
                   __builtin_cpu_supports("bmi2")
               ? 3
               : 0;
}
