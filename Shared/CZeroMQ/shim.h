#ifndef ALERT_WHISPERER_CZEROMQ_SHIM_H
#define ALERT_WHISPERER_CZEROMQ_SHIM_H

#include <zmq.h>

#endif
