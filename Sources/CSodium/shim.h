#pragma once
#include <sodium.h>

// libsodium's sizes and limits are expression macros, which Swift does not import.
static inline size_t csodium_aead_key_bytes(void) { return crypto_aead_xchacha20poly1305_ietf_KEYBYTES; }
static inline size_t csodium_aead_nonce_bytes(void) { return crypto_aead_xchacha20poly1305_ietf_NPUBBYTES; }
static inline size_t csodium_aead_tag_bytes(void) { return crypto_aead_xchacha20poly1305_ietf_ABYTES; }
static inline size_t csodium_pwhash_text_bytes(void) { return crypto_pwhash_STRBYTES; }
static inline size_t csodium_sha256_bytes(void) { return crypto_hash_sha256_BYTES; }
