#include "actors/transport/stream_ports.hpp"
