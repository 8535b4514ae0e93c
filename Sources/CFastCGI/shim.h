#pragma once
#include <fcgiapp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Swift imports this epoll flag under a different type from one libc header to the next.
static inline unsigned int cfastcgi_epoll_in_exclusive(void) { return EPOLLIN | EPOLLEXCLUSIVE; }
static inline unsigned int cfastcgi_epoll_in(void) { return EPOLLIN; }
