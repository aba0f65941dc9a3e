/** The texts of the practice samples, for a person who meets the app for the first time. */

export const WELCOME = `This file is encrypted in the bucket.

OSS stores only ciphertext, and an envelope in the headers of the object. The envelope
carries the data key of this file, encrypted with your master key. You can read
the text because that master key is on this computer.

Try three things:

1. Drop one of your files on the list. It is encrypted before it is uploaded.
2. Choose "Download raw" on it and open the result: OSS never sees more.
3. Take the raw file and its .ossenv.json to "Offline decryption". They open
   without any network.

此文件在 Bucket 中是加密的。OSS 中只有密文，以及只有你的主密钥才能解开的数据密钥。
`

export const LETTER = `Dear me,

this letter is in a folder. Folders are only parts of object names, and
names are not secret: names and sizes stay visible in OSS. The content does not.
`

export const PLAIN = `This file was stored without encryption. Everyone who can read the bucket can read it.
The list shows it as "Not encrypted".
`

export const LOST_KEY_TEXT = `Nobody can read this. Its master key no longer exists.`

export const TORN = `The envelope of this object is damaged, so no key can open it.`

export const HARBOUR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400">
<defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#20475a"/><stop offset=".55" stop-color="#e7a977"/><stop offset="1" stop-color="#f6dcae"/></linearGradient></defs>
<rect width="640" height="260" fill="url(#s)"/><circle cx="430" cy="236" r="42" fill="#fbe9c4"/><rect y="256" width="640" height="144" fill="#2b5b66"/>
<path d="M0 256h170l24-18h60l16 18h370v10H0Z" fill="#173a42"/><path d="M250 300h150l-26 40H276Z" fill="#0f2b31"/><path d="M322 300V190l64 96h-64" fill="#f3ead6"/>
<path d="M390 270h80M372 290h116M350 312h160M330 338h200" stroke="#f6dcae" stroke-opacity=".55" stroke-width="4"/></svg>
`
