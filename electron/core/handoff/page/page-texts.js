'use strict'

// The words of a hand-off page. It stands before the page's program, in one script with it.

const TEXTS = {
  en: {
    kind: 'An encrypted file for you',
    until: 'The link works until {time}.',
    ended:
      'The link ended on {time}. Ask the sender for a new page, or choose the encrypted file if you have it.',
    words: 'Passphrase of six words, from the sender',
    code: 'Code that your private key gives (52 letters and digits)',
    open: 'Open and save',
    choose: 'I have the encrypted file already',
    command: 'How to get the code',
    commandHow:
      'Run this in a terminal, with the file of your private key in place of KEY.pem. The key stays on your computer: this page never asks for it.',
    checking: 'The key is being checked …',
    reading: 'Reading and verifying: {done} of {all}',
    opening: 'Verified. Decrypting …',
    done: 'The file is intact and decrypted. Your browser saves it now.',
    again: 'Save again',
    wrongWords: 'These words do not open this file. Check their spelling, and ask the sender.',
    wrongCode:
      'This code does not open this file. The key is not the one that it was encrypted for, or a letter is missing.',
    changed:
      'Refused: the file is not the one that was sealed ({reason}). Nothing was saved. Tell the sender.',
    broken: 'This page is damaged. Nothing was read. Ask the sender for a new page.',
    unreachable:
      'The file cannot be read from here. Download the encrypted file with the link below, then choose it here.',
    refused:
      'The storage answered {status}. The link may have ended. Ask the sender for a new page.',
    encrypted: 'Download the encrypted file',
    what: 'What this page does',
    what1:
      'It reads the encrypted file from {host}, or from your computer. It sends nothing anywhere else.',
    what2:
      'It verifies every byte against the seal, and decrypts in this browser. A changed file is refused.',
    what3:
      'Nothing vouches for the page itself. Compare the SHA-256 of its file with the sender, by another way than the page came.',
    large: 'This browser cannot hold so large a file. Use Cipherbucket to open it.',
    reasonKey: 'another key',
    reasonLength: 'another size',
    reasonContent: 'other bytes',
    reasonPlace: 'another name',
    insecure:
      'This browser offers no encryption for pages of this kind. Open the page in a current Chrome, Edge, Firefox or Safari.',
  },
  'zh-CN': {
    kind: '发给您的加密文件',
    until: '链接有效期至 {time}。',
    ended:
      '链接已于 {time} 失效。请向发送者索取新的页面；如果您已有加密文件，也可以直接选择该文件。',
    words: '发送者告知的六词口令',
    code: '用您的私钥得到的代码（52 个字母和数字）',
    open: '解密并保存',
    choose: '我已有加密文件',
    command: '如何得到代码',
    commandHow:
      '请在终端中运行以下命令，并将 KEY.pem 替换为您的私钥文件。私钥始终保留在您的计算机上，本页面不会索取私钥。',
    checking: '正在检查密钥……',
    reading: '正在读取并校验：{done} / {all}',
    opening: '校验通过，正在解密……',
    done: '文件完整，已解密。浏览器正在保存文件。',
    again: '再次保存',
    wrongWords: '该口令无法解密此文件。请检查拼写，并与发送者确认。',
    wrongCode: '该代码无法解密此文件。所用密钥不是加密时指定的密钥，或代码有缺漏。',
    changed: '已拒绝：文件在添加防篡改标记后被改动（{reason}）。未保存任何内容，请告知发送者。',
    broken: '页面已损坏，未读取任何内容。请向发送者索取新的页面。',
    unreachable: '无法从此处读取文件。请使用下面的链接下载加密文件，然后在此处选择该文件。',
    refused: '存储服务返回 {status}。链接可能已失效，请向发送者索取新的页面。',
    encrypted: '下载加密文件',
    what: '本页面的作用',
    what1: '从 {host} 或您的计算机读取加密文件，不向其他任何地方发送数据。',
    what2: '逐字节校验防篡改标记，并在浏览器中解密。被修改过的文件会被拒绝。',
    what3: '页面本身无法自证。请通过其他渠道与发送者核对页面文件的 SHA-256。',
    large: '此浏览器无法处理这么大的文件，请使用 Cipherbucket 打开。',
    reasonKey: '密钥不同',
    reasonLength: '大小不同',
    reasonContent: '内容不同',
    reasonPlace: '名称不同',
    insecure:
      '此浏览器不支持此类页面的加密功能。请使用最新版 Chrome、Edge、Firefox 或 Safari 打开。',
  },
}
