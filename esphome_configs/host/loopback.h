#pragma once

// Included before everything else (packages/host.yaml): what ESPHome believes to
// be "any interface" is the loopback interface, so that a device without
// authentication is not offered to the network.
#include <arpa/inet.h>
#include <netinet/in.h>

#undef INADDR_ANY
#define INADDR_ANY htonl(INADDR_LOOPBACK)
