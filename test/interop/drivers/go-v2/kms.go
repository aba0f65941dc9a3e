package main

import (
	"encoding/base64"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/kms"

	"interop/common"
)

// kmsCipher does what the SDK's KMS sample does: base64 to KMS, the bytes of the ciphertext blob to the SDK.
type kmsCipher struct {
	master common.Master
	client *kms.Client
}

func newKmsCipher(master common.Master) (kmsCipher, error) {
	client, err := kms.NewClientWithOptions(master.Region, sdk.NewConfig(), credentials.NewAccessKeyCredential(master.AccessKeyID, master.AccessKeySecret))
	if err != nil {
		return kmsCipher{}, err
	}
	client.Domain = strings.TrimPrefix(master.HTTPSEndpoint, "https://")
	return kmsCipher{master, client}, nil
}

func (cipher kmsCipher) Encrypt(plain []byte) ([]byte, error) {
	request := kms.CreateEncryptRequest()
	request.Scheme, request.Method, request.AcceptFormat = "https", "POST", "json"
	request.KeyId, request.Plaintext = cipher.master.CmkID, base64.StdEncoding.EncodeToString(plain)
	response, err := cipher.client.Encrypt(request)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(response.CiphertextBlob)
}

func (cipher kmsCipher) Decrypt(wrapped []byte) ([]byte, error) {
	request := kms.CreateDecryptRequest()
	request.Scheme, request.Method, request.AcceptFormat = "https", "POST", "json"
	request.CiphertextBlob = base64.StdEncoding.EncodeToString(wrapped)
	response, err := cipher.client.Decrypt(request)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(response.Plaintext)
}

func (cipher kmsCipher) GetWrapAlgorithm() string { return "KMS/ALICLOUD" }

func (cipher kmsCipher) GetMatDesc() string { return common.DescriptionText(cipher.master.Description) }
