package common

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// ExampleCipher is the master key of a user's own that every driver has: a nonce of 16 random bytes, then AES-256-CTR under a
// shared secret. It satisfies the MasterCipher interface of both SDKs.
type ExampleCipher struct{ Master Master }

// Encrypt wraps.
func (example ExampleCipher) Encrypt(plain []byte) ([]byte, error) {
	nonce := make([]byte, aes.BlockSize)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	wrapped, err := example.crypt(nonce, plain)
	return append(nonce, wrapped...), err
}

// Decrypt unwraps.
func (example ExampleCipher) Decrypt(wrapped []byte) ([]byte, error) {
	if len(wrapped) < aes.BlockSize {
		return nil, errors.New("too short to be wrapped by this key")
	}
	return example.crypt(wrapped[:aes.BlockSize], wrapped[aes.BlockSize:])
}

func (example ExampleCipher) crypt(nonce, data []byte) ([]byte, error) {
	secret, err := hex.DecodeString(example.Master.Secret)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	result := make([]byte, len(data))
	cipher.NewCTR(block, nonce).XORKeyStream(result, data)
	return result, nil
}

// GetWrapAlgorithm is the name that goes into the envelope.
func (example ExampleCipher) GetWrapAlgorithm() string { return example.Master.WrapAlgorithm }

// GetMatDesc is the key description as the SDKs write it.
func (example ExampleCipher) GetMatDesc() string { return DescriptionText(example.Master.Description) }

// DescriptionText is a key description as both SDKs write it; empty for none.
func DescriptionText(description map[string]string) string {
	if len(description) == 0 {
		return ""
	}
	text, _ := json.Marshal(description)
	return string(text)
}
