/* The complex functions of Windows' C library, which wine 8 only names. numpy asks for them.
 *
 * Windows hands such numbers over as structures; `long double` is `double` there. All other
 * functions of the library are forwarded to wine's own, see prefix.py.
 */
#include <complex.h>

typedef struct { double re, im; } Double;
typedef struct { float re, im; } Float;

static double _Complex of_double(Double z) { return __builtin_complex(z.re, z.im); }
static float _Complex of_float(Float z) { return __builtin_complex(z.re, z.im); }
static Double to_double(double _Complex z) { return (Double){__real__ z, __imag__ z}; }
static Float to_float(float _Complex z) { return (Float){__real__ z, __imag__ z}; }

#define MAP(name) \
    Double fl_##name(Double z) { return to_double(name(of_double(z))); } \
    Float fl_##name##f(Float z) { return to_float(name##f(of_float(z))); }
#define REDUCE(name) \
    double fl_##name(Double z) { return name(of_double(z)); } \
    float fl_##name##f(Float z) { return name##f(of_float(z)); }

MAP(ccos) MAP(ccosh) MAP(cexp) MAP(csin) MAP(csinh) MAP(ctan) MAP(ctanh)
REDUCE(creal) REDUCE(cimag) REDUCE(cabs) REDUCE(carg)

Double fl_cpow(Double x, Double y) { return to_double(cpow(of_double(x), of_double(y))); }
Float fl_cpowf(Float x, Float y) { return to_float(cpowf(of_float(x), of_float(y))); }
