#pragma once
// ESPHome generates this file. Here, the compiler's command line says what is used.
