module interop/common

go 1.22
