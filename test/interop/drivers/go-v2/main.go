// Driver of github.com/aliyun/alibabacloud-oss-go-sdk-v2: EncryptionClient with its RSA master cipher, KMS and one of the user's own.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/crypto"

	"interop/common"
)

func cipherOf(master common.Master) (crypto.MasterCipher, error) {
	switch master.Kind {
	case "kms":
		return newKmsCipher(master)
	case "custom":
		return common.ExampleCipher{Master: master}, nil
	default:
		return crypto.CreateMasterRsa(master.Description, master.PublicPem, master.PrivatePem)
	}
}

func plainClient(request *common.Request) *oss.Client {
	at := request.At
	version := oss.SignatureVersionV1
	if at.Signature == "v4" {
		version = oss.SignatureVersionV4
	}
	return oss.NewClient(oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(at.AccessKeyID, at.AccessKeySecret)).
		WithRegion(at.Region).WithEndpoint(at.Endpoint).WithSignatureVersion(version).WithUsePathStyle(true))
}

func clientOf(request *common.Request) (*oss.EncryptionClient, error) {
	if request.Master == nil {
		return nil, common.Unsupported("no master key")
	}
	cipher, err := cipherOf(*request.Master)
	if err != nil {
		return nil, err
	}
	others := []crypto.MasterCipher{}
	for _, other := range request.Others {
		cipher, err := cipherOf(other)
		if err != nil {
			return nil, err
		}
		others = append(others, cipher)
	}
	return oss.NewEncryptionClient(plainClient(request), cipher, func(options *oss.EncryptionClientOptions) { options.MasterCiphers = others })
}

func put(request *common.Request) (common.Answer, error) {
	file, err := os.Open(request.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	asked := &oss.PutObjectRequest{Bucket: &request.At.Bucket, Key: &request.Key, Body: file, RequestCommon: oss.RequestCommon{Headers: request.Headers}}
	if request.Master == nil {
		_, err = plainClient(request).PutObject(context.TODO(), asked)
		return nil, err
	}
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	_, err = client.PutObject(context.TODO(), asked)
	return nil, err
}

func begin(client *oss.EncryptionClient, request *common.Request, size int64) (*oss.InitiateMultipartUploadResult, error) {
	return client.InitiateMultipartUpload(context.TODO(), &oss.InitiateMultipartUploadRequest{
		Bucket: &request.At.Bucket, Key: &request.Key, CSEPartSize: &request.PartSize, CSEDataSize: &size,
	})
}

func multipart(request *common.Request) (common.Answer, error) {
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	size, err := request.Size()
	if err != nil {
		return nil, err
	}
	begun, err := begin(client, request, size)
	if err != nil {
		return nil, err
	}
	parts, err := request.Parts()
	if err != nil {
		return nil, err
	}
	sent := oss.UploadParts{}
	for _, part := range parts {
		data, err := request.ReadPart(part)
		if err != nil {
			return nil, err
		}
		one, err := client.UploadPart(context.TODO(), &oss.UploadPartRequest{
			Bucket: &request.At.Bucket, Key: &request.Key, UploadId: begun.UploadId, PartNumber: int32(part.Number),
			Body: bytes.NewReader(data), CSEMultiPartContext: begun.CSEMultiPartContext,
		})
		if err != nil {
			return nil, err
		}
		sent = append(sent, oss.UploadPart{PartNumber: int32(part.Number), ETag: one.ETag})
	}
	sort.Sort(sent)
	_, err = client.CompleteMultipartUpload(context.TODO(), &oss.CompleteMultipartUploadRequest{
		Bucket: &request.At.Bucket, Key: &request.Key, UploadId: begun.UploadId, CompleteMultipartUpload: &oss.CompleteMultipartUpload{Parts: sent},
	})
	return nil, err
}

func resumable(request *common.Request) (common.Answer, error) {
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	uploader := client.NewUploader(func(options *oss.UploaderOptions) {
		options.PartSize, options.ParallelNum = request.PartSize, request.Threads
		options.EnableCheckpoint, options.CheckpointDir = true, folder
	})
	_, err = uploader.UploadFile(context.TODO(), &oss.PutObjectRequest{Bucket: &request.At.Bucket, Key: &request.Key}, request.File)
	return nil, err
}

func read(request *common.Request, span *string) (common.Answer, error) {
	asked := &oss.GetObjectRequest{Bucket: &request.At.Bucket, Key: &request.Key, Range: span}
	if request.Master == nil {
		found, err := plainClient(request).GetObject(context.TODO(), asked)
		if err != nil {
			return nil, err
		}
		return nil, request.Save(found.Body)
	}
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	found, err := client.GetObject(context.TODO(), asked)
	if err != nil {
		return nil, err
	}
	return nil, request.Save(found.Body)
}

func get(request *common.Request) (common.Answer, error) { return read(request, nil) }

func getRange(request *common.Request) (common.Answer, error) {
	return read(request, oss.Ptr(fmt.Sprintf("bytes=%d-%d", request.Offset, request.Offset+request.Length-1)))
}

func download(request *common.Request) (common.Answer, error) {
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	downloader := client.NewDownloader(func(options *oss.DownloaderOptions) {
		options.PartSize, options.ParallelNum = request.PartSize, request.Threads
	})
	_, err = downloader.DownloadFile(context.TODO(), &oss.GetObjectRequest{Bucket: &request.At.Bucket, Key: &request.Key}, request.File)
	return nil, err
}

func head(request *common.Request) (common.Answer, error) {
	found, err := plainClient(request).HeadObject(context.TODO(), &oss.HeadObjectRequest{Bucket: &request.At.Bucket, Key: &request.Key})
	if err != nil {
		return nil, err
	}
	return common.Headers(found.Headers), nil
}

func meta(request *common.Request) (common.Answer, error) {
	found, err := plainClient(request).GetObjectMeta(context.TODO(), &oss.GetObjectMetaRequest{Bucket: &request.At.Bucket, Key: &request.Key})
	if err != nil {
		return nil, err
	}
	return common.Answer{"size": found.ContentLength, "etag": strings.Trim(oss.ToString(found.ETag), `"`)}, nil
}

func listParts(request *common.Request) (common.Answer, error) {
	found, err := plainClient(request).ListParts(context.TODO(), &oss.ListPartsRequest{Bucket: &request.At.Bucket, Key: &request.Key, UploadId: &request.UploadID})
	if err != nil {
		return nil, err
	}
	parts := []common.Answer{}
	for _, part := range found.Parts {
		parts = append(parts, common.Answer{"number": part.PartNumber, "size": part.Size, "etag": strings.Trim(oss.ToString(part.ETag), `"`)})
	}
	if found.ClientEncryptionKey == nil {
		return common.Answer{"parts": parts, "envelope": nil}, nil
	}
	return common.Answer{"parts": parts, "envelope": common.Answer{
		"key": found.ClientEncryptionKey, "start": found.ClientEncryptionStart, "cek_alg": found.ClientEncryptionCekAlg,
		"wrap_alg": found.ClientEncryptionWrapAlg, "data_size": found.ClientEncryptionDataSize, "part_size": found.ClientEncryptionPartSize,
	}}, nil
}

func initiate(request *common.Request) (common.Answer, error) {
	client, err := clientOf(request)
	if err != nil {
		return nil, err
	}
	begun, err := begin(client, request, request.DataSize)
	if err != nil {
		return nil, err
	}
	return common.Answer{"uploadId": begun.UploadId}, nil
}

func abort(request *common.Request) (common.Answer, error) {
	_, err := plainClient(request).AbortMultipartUpload(context.TODO(), &oss.AbortMultipartUploadRequest{
		Bucket: &request.At.Bucket, Key: &request.Key, UploadId: &request.UploadID,
	})
	return nil, err
}

func main() {
	common.Serve("go-v2", "github.com/aliyun/alibabacloud-oss-go-sdk-v2", map[string]common.Operation{
		"put": put, "multipart": multipart, "resumable": resumable, "get": get, "range": getRange, "download": download,
		"head": head, "meta": meta, "listParts": listParts, "initiate": initiate, "abort": abort,
		"versions": versions,
	}, []string{"rsa", "kms", "custom"})
}
