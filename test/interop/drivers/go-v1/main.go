// Driver of github.com/aliyun/aliyun-oss-go-sdk: CryptoBucket with its RSA and KMS master ciphers and one of the user's own.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"sort"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/kms"
	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	osscrypto "github.com/aliyun/aliyun-oss-go-sdk/oss/crypto"

	"interop/common"
)

// keys gives the master key for a description: the manager that the documents tell to provide for several keys.
type keys []common.Master

func (all keys) GetMasterKey(description map[string]string) ([]string, error) {
	for _, master := range all {
		if !maps.Equal(master.Description, description) {
			continue
		}
		if master.Kind == "kms" {
			return []string{master.CmkID}, nil
		}
		return []string{master.PublicPem, master.PrivatePem}, nil
	}
	return nil, errors.New("no master key has this description")
}

// extra opens what the SDK's own builder does not know: other keys of the user's own kind.
type extra struct {
	all      keys
	standard osscrypto.ExtraCipherBuilder
}

func (builder extra) GetDecryptCipher(envelope osscrypto.Envelope, manager osscrypto.MasterCipherManager) (osscrypto.ContentCipher, error) {
	var description map[string]string
	if envelope.MatDesc != "" {
		if err := json.Unmarshal([]byte(envelope.MatDesc), &description); err != nil {
			return nil, err
		}
	}
	for _, master := range builder.all {
		if master.Kind == "custom" && maps.Equal(master.Description, description) {
			return osscrypto.CreateAesCtrCipher(common.ExampleCipher{Master: master}).ContentCipherEnv(envelope)
		}
	}
	return builder.standard.GetDecryptCipher(envelope, manager)
}

func kmsClient(master common.Master) (*kms.Client, error) {
	client, err := kms.NewClientWithOptions(master.Region, sdk.NewConfig(), credentials.NewAccessKeyCredential(master.AccessKeyID, master.AccessKeySecret))
	if err == nil {
		client.Domain = strings.TrimPrefix(master.HTTPSEndpoint, "https://")
	}
	return client, err
}

func cipherOf(master common.Master) (osscrypto.MasterCipher, error) {
	switch master.Kind {
	case "kms":
		client, err := kmsClient(master)
		if err != nil {
			return nil, err
		}
		return osscrypto.CreateMasterAliKms(master.Description, master.CmkID, client)
	case "custom":
		return common.ExampleCipher{Master: master}, nil
	default:
		return osscrypto.CreateMasterRsa(master.Description, master.PublicPem, master.PrivatePem)
	}
}

func clientOf(request *common.Request) (*oss.Client, error) {
	at := request.At
	version := oss.AuthV1
	if at.Signature == "v4" {
		version = oss.AuthV4
	}
	return oss.New(at.Endpoint, at.AccessKeyID, at.AccessKeySecret, oss.AuthVersion(version), oss.Region(at.Region))
}

func plainBucket(request *common.Request) (*oss.Bucket, error) {
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	return client.Bucket(request.At.Bucket)
}

// bucketOf needs a master key: without one the SDK has the plain bucket, whose type is another.
func bucketOf(request *common.Request) (*osscrypto.CryptoBucket, error) {
	if request.Master == nil {
		return nil, common.Unsupported("no master key")
	}
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	cipher, err := cipherOf(*request.Master)
	if err != nil {
		return nil, err
	}
	options := []osscrypto.CryptoBucketOption{}
	if len(request.Others) > 0 {
		standard := &osscrypto.DefaultExtraCipherBuilder{}
		for _, other := range request.Others {
			if other.Kind == "kms" && standard.AliKmsClient == nil {
				if standard.AliKmsClient, err = kmsClient(other); err != nil {
					return nil, err
				}
			}
		}
		all := keys(request.Others)
		options = append(options, osscrypto.SetMasterCipherManager(all), osscrypto.SetExtraCipherBuilder(extra{all, standard}))
	}
	return osscrypto.GetCryptoBucket(client, request.At.Bucket, osscrypto.CreateAesCtrCipher(cipher), options...)
}

func put(request *common.Request) (common.Answer, error) {
	options := []oss.Option{}
	for name, value := range request.Headers {
		options = append(options, oss.SetHeader(name, value))
	}
	if request.Master == nil {
		bucket, err := plainBucket(request)
		if err != nil {
			return nil, err
		}
		return nil, bucket.PutObjectFromFile(request.Key, request.File, options...)
	}
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.PutObjectFromFile(request.Key, request.File, options...)
}

func multipart(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	size, err := request.Size()
	if err != nil {
		return nil, err
	}
	context := osscrypto.PartCryptoContext{DataSize: size, PartSize: request.PartSize}
	begun, err := bucket.InitiateMultipartUpload(request.Key, &context)
	if err != nil {
		return nil, err
	}
	parts, err := request.Parts()
	if err != nil {
		return nil, err
	}
	sent := []oss.UploadPart{}
	for _, part := range parts {
		data, err := request.ReadPart(part)
		if err != nil {
			return nil, err
		}
		one, err := bucket.UploadPart(begun, bytes.NewReader(data), part.Length, part.Number, context)
		if err != nil {
			return nil, err
		}
		sent = append(sent, one)
	}
	sort.Sort(oss.UploadParts(sent))
	_, err = bucket.CompleteMultipartUpload(begun, sent)
	return nil, err
}

func resumable(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.UploadFile(request.Key, request.File, request.PartSize, oss.Routines(request.Threads))
}

func get(request *common.Request) (common.Answer, error) {
	if request.Master == nil {
		bucket, err := plainBucket(request)
		if err != nil {
			return nil, err
		}
		return nil, bucket.GetObjectToFile(request.Key, request.File)
	}
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.GetObjectToFile(request.Key, request.File)
}

func getRange(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	body, err := bucket.GetObject(request.Key, oss.Range(request.Offset, request.Offset+request.Length-1))
	if err != nil {
		return nil, err
	}
	return nil, request.Save(body)
}

func download(request *common.Request) (common.Answer, error) {
	bucket, err := bucketOf(request)
	if err != nil {
		return nil, err
	}
	return nil, bucket.DownloadFile(request.Key, request.File, request.PartSize, oss.Routines(request.Threads))
}

func main() {
	common.Serve("go-v1", "github.com/aliyun/aliyun-oss-go-sdk", map[string]common.Operation{
		"put": put, "multipart": multipart, "resumable": resumable, "get": get, "range": getRange, "download": download,
		"head": head, "meta": meta, "listParts": listParts, "initiate": initiate, "abort": abort,
	}, []string{"rsa", "kms", "custom"})
}
