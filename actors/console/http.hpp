// cpp-httplib as Debian has compiled it: its classes have other members without OpenSSL, so every file of ours that
// includes it does so through here.
#pragma once

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_OPENSSL_SUPPORT
#endif
#include <httplib.h>
