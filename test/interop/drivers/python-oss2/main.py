"""Driver of `oss2`, Format V2: RsaProvider, LocalRsaProvider (OAEP), AliKMSProvider and a provider of the user's own."""
import copy
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python-common'))

import oss2
from aliyunsdkcore.profile import region_provider
from oss2 import models, utils
from oss2.crypto import AliKMSProvider, BaseCryptoProvider, EncryptionMaterials, LocalRsaProvider, RsaProvider

import example_key
from driver import header_dict, master_of, others_of, parts_of, read_part, save, serve


class ExampleProvider(BaseCryptoProvider):
    """A crypto provider of the user's own, made as AliKMSProvider is."""

    def __init__(self, secret, wrap_algorithm, mat_desc=None, cipher=None):
        super().__init__(cipher=cipher or utils.AESCTRCipher(), mat_desc=mat_desc)
        self.wrap_alg = wrap_algorithm
        self.secret = secret

    def get_key(self):
        return self.cipher.get_key()

    def decrypt_encrypted_key(self, encrypted_key):
        return example_key.unwrap(self.secret, encrypted_key)

    def decrypt_encrypted_iv(self, encrypted_iv):
        return example_key.unwrap(self.secret, encrypted_iv)

    def reset_encryption_materials(self, encryption_materials):
        return ExampleProvider(encryption_materials.custom_master_key_id, self.wrap_alg, encryption_materials.desc, self.cipher)

    def create_content_material(self):
        plain_key, plain_iv = self.get_key(), self.get_iv()
        cipher = copy.copy(self.cipher)
        cipher.initialize(plain_key, plain_iv)
        wrapped = [example_key.wrap(self.secret, data) for data in (plain_key, plain_iv)]
        return models.ContentCryptoMaterial(cipher, self.wrap_alg, wrapped[0], wrapped[1], self.mat_desc)


def key_pair(master):
    halves = {'public_key': master.get('publicPem'), 'private_key': master.get('privatePem')}
    return {name: pem for name, pem in halves.items() if pem}


def provider_of(master, others):
    # Every provider gets a cipher of its own: the default one is shared by all.
    cipher, description = utils.AESCTRCipher(), master.get('description')
    if master['kind'] == 'kms':
        region_provider.modify_point('Kms', master['region'], master['httpsEndpoint'].split('://', 1)[1])
        provider = AliKMSProvider(
            master['accessKeyId'], master['accessKeySecret'], master['region'], master['cmkId'],
            passphrase=master.get('passphrase'), cipher=cipher, mat_desc=description)
    elif master['kind'] == 'custom':
        provider = ExampleProvider(master['secret'], master['wrapAlgorithm'], description, cipher)
    elif master.get('padding') == 'oaep':
        return LocalRsaProvider(dir=master['files'], passphrase=master.get('passphrase'), cipher=cipher)
    else:
        provider = RsaProvider(key_pair(master), cipher=cipher, mat_desc=description)
    for other in others:
        provider.add_encryption_materials(material_of(other))
    return provider


def material_of(other):
    description = other.get('description')
    if other['kind'] == 'rsa':
        return EncryptionMaterials(description, key_pair=key_pair(other))
    return EncryptionMaterials(description, custom_master_key_id=other.get('cmkId') or other['secret'], passphrase=other.get('passphrase'))


def bucket_of(request):
    at, master = request['at'], master_of(request)
    make = oss2.AuthV4 if at['signature'] == 'v4' else oss2.Auth
    auth = make(at['accessKeyId'], at['accessKeySecret'])
    if master is None:
        return oss2.Bucket(auth, at['endpoint'], at['bucket'], region=at['region'])
    return oss2.CryptoBucket(auth, at['endpoint'], at['bucket'], crypto_provider=provider_of(master, others_of(request)), region=at['region'])


def put(request):
    bucket_of(request).put_object_from_file(request['key'], request['file'], headers=request.get('headers'))


def multipart(request):
    bucket, key, parts = bucket_of(request), request['key'], []
    context = models.MultipartUploadCryptoContext(os.path.getsize(request['file']), request['partSize'])
    upload_id = bucket.init_multipart_upload(key, upload_context=context).upload_id
    for number, offset, length in parts_of(request):
        data = read_part(request['file'], offset, length)
        result = bucket.upload_part(key, upload_id, number, data, upload_context=context)
        parts.append(models.PartInfo(number, result.etag, size=length, part_crc=result.crc))
    bucket.complete_multipart_upload(key, upload_id, sorted(parts, key=lambda part: part.part_number))


def resumable(request):
    with tempfile.TemporaryDirectory() as folder:
        oss2.resumable_upload(
            bucket_of(request), request['key'], request['file'], store=oss2.ResumableStore(root=folder),
            multipart_threshold=0, part_size=request['partSize'], num_threads=request['threads'])


def get(request):
    bucket_of(request).get_object_to_file(request['key'], request['file'])


def get_range(request):
    offset, last = request['offset'], request['offset'] + request['length'] - 1
    save(bucket_of(request).get_object(request['key'], byte_range=(offset, last)), request['file'])


def download(request):
    with tempfile.TemporaryDirectory() as folder:
        oss2.resumable_download(
            bucket_of(request), request['key'], request['file'], store=oss2.ResumableDownloadStore(root=folder),
            multiget_threshold=0, part_size=request['partSize'], num_threads=request['threads'])


def head(request):
    return {'headers': header_dict(bucket_of(request).head_object(request['key']).headers)}


def meta(request):
    result = bucket_of(request).get_object_meta(request['key'])
    return {'size': result.content_length, 'etag': result.etag}


def list_parts(request):
    parts = bucket_of(request).list_parts(request['key'], request['uploadId']).parts
    return {'parts': [{'number': part.part_number, 'size': part.size, 'etag': part.etag} for part in parts], 'envelope': None}


def initiate(request):
    context = models.MultipartUploadCryptoContext(request['dataSize'], request['partSize'])
    return {'uploadId': bucket_of(request).init_multipart_upload(request['key'], upload_context=context).upload_id}


def abort(request):
    bucket_of(request).abort_multipart_upload(request['key'], request['uploadId'])


if __name__ == '__main__':
    serve('python-oss2', 'oss2', 'oss2', {
        'put': put, 'multipart': multipart, 'resumable': resumable, 'get': get, 'range': get_range, 'download': download,
        'head': head, 'meta': meta, 'listParts': list_parts, 'initiate': initiate, 'abort': abort,
    }, ['rsa', 'oaep', 'kms', 'custom'], ['v1', 'v4'])
