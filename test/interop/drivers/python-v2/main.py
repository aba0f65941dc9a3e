"""Driver of `alibabacloud-oss-v2`: EncryptionClient with MasterRsaCipher, KMS and a MasterCipher of the user's own."""
import base64
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python-common'))

import alibabacloud_oss_v2 as oss
from alibabacloud_kms20160120.client import Client as KmsClient
from alibabacloud_kms20160120.models import DecryptRequest, EncryptRequest
from alibabacloud_oss_v2.crypto import MasterCipher, MasterRsaCipher
from alibabacloud_tea_openapi.models import Config as KmsConfig
from alibabacloud_tea_util.models import RuntimeOptions

import example_key
from driver import header_dict, master_of, others_of, parts_of, read_part, serve

ENVELOPE = ['key', 'start', 'cek_alg', 'wrap_alg', 'data_size', 'part_size']


class Described(MasterCipher):
    def __init__(self, wrap_algorithm, description):
        self._wrap_algorithm = wrap_algorithm
        self._description = json.dumps(description) if description else ''

    def get_wrap_algorithm(self):
        return self._wrap_algorithm

    def get_mat_desc(self):
        return self._description


class KmsCipher(Described):
    """As the SDK's KMS sample does it: base64 to KMS, the bytes of the ciphertext blob to the SDK."""

    def __init__(self, master):
        super().__init__('KMS/ALICLOUD', master.get('description'))
        scheme, host = master['endpoint'].split('://', 1)
        self._key = master['cmkId']
        self._kms = KmsClient(KmsConfig(
            access_key_id=master['accessKeyId'], access_key_secret=master['accessKeySecret'],
            region_id=master['region'], protocol=scheme, endpoint=host))
        self._options = RuntimeOptions(connect_timeout=10_000, read_timeout=10_000, autoretry=False)

    def encrypt(self, data):
        request = EncryptRequest(key_id=self._key, plaintext=base64.b64encode(data).decode())
        return base64.b64decode(self._kms.encrypt_with_options(request, self._options).body.ciphertext_blob)

    def decrypt(self, data):
        request = DecryptRequest(ciphertext_blob=base64.b64encode(data).decode())
        return base64.b64decode(self._kms.decrypt_with_options(request, self._options).body.plaintext)


class ExampleCipher(Described):
    def __init__(self, master):
        super().__init__(master['wrapAlgorithm'], master.get('description'))
        self._secret = master['secret']

    def encrypt(self, data):
        return example_key.wrap(self._secret, data)

    def decrypt(self, data):
        return example_key.unwrap(self._secret, data)


def cipher_of(master):
    if master['kind'] == 'kms':
        return KmsCipher(master)
    if master['kind'] == 'custom':
        return ExampleCipher(master)
    return MasterRsaCipher(mat_desc=master.get('description'), public_key=master.get('publicPem'), private_key=master.get('privatePem'))


def plain_client(at):
    provider = oss.credentials.StaticCredentialsProvider(at['accessKeyId'], at['accessKeySecret'])
    return oss.Client(oss.config.Config(
        region=at['region'], endpoint=at['endpoint'], signature_version=at['signature'], credentials_provider=provider, use_path_style=True))


def client_of(request):
    client, master = plain_client(request['at']), master_of(request)
    if master is None:
        return client
    return oss.EncryptionClient(client, cipher_of(master), [cipher_of(other) for other in others_of(request)])


def target(request):
    return {'bucket': request['at']['bucket'], 'key': request['key']}


def put(request):
    with open(request['file'], 'rb') as file:
        client_of(request).put_object(oss.PutObjectRequest(**target(request), body=file, headers=request.get('headers') or {}))


def multipart(request):
    client, place, parts = client_of(request), target(request), []
    begun = client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(
        **place, cse_part_size=request['partSize'], cse_data_size=os.path.getsize(request['file'])))
    for number, offset, length in parts_of(request):
        sent = client.upload_part(oss.UploadPartRequest(
            **place, upload_id=begun.upload_id, part_number=number, body=read_part(request['file'], offset, length),
            cse_multipart_context=begun.cse_multipart_context))
        parts.append(oss.UploadPart(part_number=number, etag=sent.etag))
    client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        **place, upload_id=begun.upload_id,
        complete_multipart_upload=oss.CompleteMultipartUpload(parts=sorted(parts, key=lambda part: part.part_number))))


def resumable(request):
    with tempfile.TemporaryDirectory() as folder:
        uploader = oss.Uploader(
            client_of(request), part_size=request['partSize'], parallel_num=request['threads'], enable_checkpoint=True, checkpoint_dir=folder)
        uploader.upload_file(oss.PutObjectRequest(**target(request)), request['file'])


def save(result, path):
    with result.body as body, open(path, 'wb') as file:
        for block in body.iter_bytes():
            file.write(block)


def get(request):
    save(client_of(request).get_object(oss.GetObjectRequest(**target(request))), request['file'])


def get_range(request):
    last = request['offset'] + request['length'] - 1
    asked = oss.GetObjectRequest(**target(request), range_header='bytes=%d-%d' % (request['offset'], last))
    save(client_of(request).get_object(asked), request['file'])


def download(request):
    downloader = oss.Downloader(client_of(request), part_size=request['partSize'], parallel_num=request['threads'])
    downloader.download_file(oss.GetObjectRequest(**target(request)), request['file'])


def head(request):
    return {'headers': header_dict(client_of(request).head_object(oss.HeadObjectRequest(**target(request))).headers)}


def meta(request):
    # The encryption client has no get_object_meta: its plain client, as `unwrap` gives it.
    result = plain_client(request['at']).get_object_meta(oss.GetObjectMetaRequest(**target(request)))
    return {'size': result.content_length, 'etag': result.etag}


def list_parts(request):
    result = client_of(request).list_parts(oss.ListPartsRequest(**target(request), upload_id=request['uploadId']))
    parts = [{'number': part.part_number, 'size': part.size, 'etag': part.etag} for part in result.parts or []]
    envelope = {name: getattr(result, 'client_encryption_' + name) for name in ENVELOPE}
    return {'parts': parts, 'envelope': envelope if envelope['key'] else None}


def initiate(request):
    asked = oss.InitiateMultipartUploadRequest(**target(request), cse_part_size=request['partSize'], cse_data_size=request['dataSize'])
    return {'uploadId': client_of(request).initiate_multipart_upload(asked).upload_id}


def abort(request):
    client_of(request).abort_multipart_upload(oss.AbortMultipartUploadRequest(**target(request), upload_id=request['uploadId']))


if __name__ == '__main__':
    serve('python-v2', 'alibabacloud-oss-v2', 'alibabacloud-oss-v2', {
        'put': put, 'multipart': multipart, 'resumable': resumable, 'get': get, 'range': get_range, 'download': download,
        'head': head, 'meta': meta, 'listParts': list_parts, 'initiate': initiate, 'abort': abort,
    }, ['rsa', 'kms', 'custom'], ['v1', 'v4'])
