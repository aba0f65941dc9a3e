"""Driver of `oss2` 2.9.1, Format V1: LocalRsaProvider and AliKMSProvider, whole objects only."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python-common'))

import oss2
from aliyunsdkcore.profile import region_provider
from oss2.crypto import AliKMSProvider, LocalRsaProvider

from driver import Unsupported, header_dict, master_of, serve


def provider_of(master):
    if master['kind'] == 'kms':
        region_provider.modify_point('Kms', master['region'], master['httpsEndpoint'].split('://', 1)[1])
        return AliKMSProvider(
            master['accessKeyId'], master['accessKeySecret'], master['region'], master['cmkId'], passphrase=master.get('passphrase'))
    if master['kind'] == 'rsa' and master.get('files'):
        return LocalRsaProvider(dir=master['files'], passphrase=master.get('passphrase'))
    raise Unsupported('LocalRsaProvider and AliKMSProvider only')


def plain_bucket(at):
    if at['signature'] != 'v1':
        raise Unsupported('signature V4 is not in this version')
    return oss2.Bucket(oss2.Auth(at['accessKeyId'], at['accessKeySecret']), at['endpoint'], at['bucket'])


def bucket_of(request):
    at, master = request['at'], master_of(request)
    if master is None:
        return plain_bucket(at)
    if at['signature'] != 'v1':
        raise Unsupported('signature V4 is not in this version')
    return oss2.CryptoBucket(oss2.Auth(at['accessKeyId'], at['accessKeySecret']), at['endpoint'], at['bucket'], crypto_provider=provider_of(master))


def put(request):
    bucket_of(request).put_object_from_file(request['key'], request['file'], headers=request.get('headers'))


def get(request):
    bucket_of(request).get_object_to_file(request['key'], request['file'])


# The crypto bucket of this version has put_object and get_object only; the rest is the plain bucket's.
def head(request):
    return {'headers': header_dict(plain_bucket(request['at']).head_object(request['key']).headers)}


def meta(request):
    result = plain_bucket(request['at']).get_object_meta(request['key'])
    return {'size': result.content_length, 'etag': result.etag}


def list_parts(request):
    parts = plain_bucket(request['at']).list_parts(request['key'], request['uploadId']).parts
    return {'parts': [{'number': part.part_number, 'size': part.size, 'etag': part.etag} for part in parts], 'envelope': None}


def abort(request):
    plain_bucket(request['at']).abort_multipart_upload(request['key'], request['uploadId'])


if __name__ == '__main__':
    serve('python-oss2-old', 'oss2', 'oss2', {
        'put': put, 'get': get, 'head': head, 'meta': meta, 'listParts': list_parts, 'abort': abort,
    }, ['oaep', 'kms'], ['v1'])
