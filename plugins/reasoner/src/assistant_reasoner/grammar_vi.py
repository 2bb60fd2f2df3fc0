"""How questions are asked in Vietnamese. Data only: see grammar.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.grammar import Grammar

VIETNAMESE: Final = Grammar(
    code="vi",
    function_words="""có không gì nào đâu là của trong trên dưới được đang người những các này đó đây bao nhiêu mấy
    màu ở
        với và hay bức ảnh hình bạn tôi xin chào cảm ơn phải không thấy nói họ anh chị ấy viết phòng loại đứng bên cạnh
        trái phải ai tại sao khi lúc một hai ba chụp mô tả""",
    lexicon="""
article = một, cái, con, chiếc, quả, cây, cuốn, tấm, bức, những, các, một số, bất kỳ, loại, một loại, một chiếc, một
    con, một cái
the = này, đó, kia, ấy
number 2 = hai
number 3 = ba
number 4 = bốn
number 5 = năm
number 6 = sáu
number 7 = bảy
number 8 = tám
number 9 = chín
number 10 = mười
noun dog park = công viên cho chó, công viên chó
least at least = ít nhất
least at most = nhiều nhất
least more than = nhiều hơn
size big = lớn, to
size small = nhỏ, bé
color red = đỏ
color orange = da cam
color yellow = vàng
color green = xanh lá, xanh lá cây, xanh lục
color blue = xanh, xanh dương, xanh lam, xanh da trời, màu xanh
color purple = tím
color pink = hồng
color brown = nâu
color black = đen
color white = trắng
color gray = xám
side left = bên trái, phía bên trái, bên tay trái
side right = bên phải, phía bên phải, bên tay phải
side on = trên, ở trên, phía trên
side bottom = dưới, ở dưới, phía dưới
side inside = trong, ở trong, bên trong
side front = trước, phía trước, đằng trước
side back = sau, phía sau, đằng sau
side middle = giữa, ở giữa
side beside = cạnh, bên cạnh, gần, kế bên
pronoun it = nó
pronoun they = chúng, họ
join and = và, với
join or = hay, hoặc
drop = ở, đang, được, của, có, nằm, đứng, ngồi
""",
    macros="""
each = ((?:có )?bao nhiêu )(.+?) và (?:bao nhiêu )?(.+?)((?: trong.*)?)
asks = (?:co bao nhieu|co|o dau|mau gi|khi nao)
and = và|còn|thế
lead = xin|làm ơn|cho (tôi|mình|hỏi|tôi hỏi|tôi biết)|hãy|bạn có thể (cho|nói)|xin hỏi
tail = vậy|thế|ạ|nhỉ|à|cảm ơn
here = (trong|ở|trên) (đây|đó|này)
this = (đây|đó|cái này|thứ này|vật này|nó)
they = (họ|anh ấy|cô ấy|ông ấy|bà ấy|người nói|người này|người đó|người ta|bạn)
seen = (bạn thấy|thấy|nhìn thấy|có thể thấy|có)
""",
    pictures="""
in = (trong|ở trong|trên|ở) (bức|tấm|hình|khung) (ảnh|hình|hình ảnh)? [(này|đó)]|(trong|trên) (ảnh|hình|hình
    ảnh|video|đoạn video|bức tranh) [(này|đó)]
of = (bức|tấm) (ảnh|hình|hình ảnh|tranh) [(này|đó)]|(hình ảnh|ảnh) này
in nth = (trong|ở) (bức ảnh|ảnh|hình|bức hình) thứ #
of nth = (bức ảnh|ảnh|hình) thứ #
of both = hai (bức ảnh|ảnh|hình|bức hình)
ordinals = nhất, hai, ba, tư
""",
    rules="""
{k} [có] giá [là] bao nhiêu [tiền]|{k} bao nhiêu tiền|giá [của] {k} [là] bao nhiêu [tiền] => how much does the {k} cost
chữ gì [được] viết [@p]|(trên đó|ở đó) [có] chữ gì|[có] chữ gì => what does it say
[có] bao nhiêu dòng [chữ] [@p] => how many lines of text are there
{x} [có] lớn hơn {y} [không] => is the {x} bigger than the {y}
{x} và {y} [có] cùng màu [không] => are the {x} and the {y} the same color
video dài bao lâu => how long is the video
(xin chào|chào|chào bạn) => hello
(cảm ơn|cám ơn) [(bạn|nhiều)] => thank you
tạm biệt => goodbye
bạn (có thể)? làm [được] (gì|những gì) => what can you do
bạn là ai => who are you
(có chắc không|bạn có chắc không|chắc không) => are you sure
tại sao|vì sao => why
(còn|thế còn) {x} [thì sao] => and the {x}
[có] (bao nhiêu|mấy) {x} [(ở|có|được nhìn thấy|xuất hiện)] [<here>] [@p] => how many {x:s} are there
@i có (bao nhiêu|mấy) {x} => how many {x:s} are there
(đếm) [số] {x} => how many {x:s} are there
có (nhiều|nhiều hơn) {x} hơn {y} [không] => are there more {x:s} than {y:s}
{x} có nhiều hơn {y} không => are there more {x:s} than {y:s}
(có bao nhiêu|bao nhiêu) => how many
<this> (được)? (chụp|quay) ở đâu => where is this
@i (này)? (được)? (chụp|quay) ở đâu => where is this
(đây|đó|@i|họ|chúng ta) (là|đang)? ở đâu => where is this
(đây|đó|@i) là (đâu|nơi nào|chỗ nào|địa điểm nào|địa điểm gì) => where is this
(đây|đó|@i|họ đang ở|đang ở)? (là)? [(cảnh|căn)] phòng (nào|gì) [đây] => what room is this
[@p] {x} (này|đó)? (có|là)? màu (gì|nào) => what color is the {x}
màu (của|sắc của) {x} (là gì|là màu gì) => what color is the {x}
(màu gì) => what color is it
(có những màu (gì|nào)|màu chính là gì) [@p] => what colors are there
{x} (này|đó)? (đang)? (nằm|ngồi|đứng)? ở (đâu|chỗ nào|phía nào|bên nào) [@p] => where is the {x}
(cái gì|con gì|ai|có gì|những gì|gì) (đang)? (ở|nằm|đứng)? {q} [(vậy)] => what is {q}
(có gì|cái gì|có những gì) <here> => describe the picture
[@p] (có)? (gì|những gì|cái gì) [@p] => describe the picture
@i (cho thấy|có|mô tả|chụp) (gì|những gì|cái gì) => describe the picture
(mô tả|miêu tả) [...] => describe the picture
[trên] {x} (có)? (ghi|viết) (gì|chữ gì|là gì) => what does the {x} say
(ghi|viết|chữ) (gì|là gì) [@p]|[@p] (có)? (ghi|viết) (chữ)? gì|(trên đó|ở đó) (ghi|viết) gì|dòng chữ [@p] (là gì|nào)
    => what does it say
(đọc) (chữ|văn bản) [...] => read the text
có (chữ|chữ viết|văn bản|dòng chữ) [nào] [@p] không => is there any text
<they> (đã|đang)? nói (gì|những gì) về {t} => what did they say about {t}
<they> (đã|đang)? nói (gì|những gì) => what did they say
(ngôn ngữ gì|tiếng gì|ngôn ngữ nào) [...] => what language is spoken
[...] nói (tiếng gì|ngôn ngữ gì|ngôn ngữ nào) => what language is spoken
<they> (có)? (nhắc đến|nói về|đề cập đến) {t} [không] => did they mention {t}
(khi nào|lúc nào) <they> (nhắc đến|nói về|nói) {t} => when did they mention {t}
(khi nào|lúc nào) {x} (xuất hiện) => when does the {x} appear
{x} (xuất hiện) (khi nào|lúc nào) => when does the {x} appear
(ai đang nói|ai nói) => who is speaking
<they> (cảm thấy)? (thế nào|như thế nào) => how does the speaker feel
(sự khác biệt|khác nhau) [...] => what is the difference between the pictures
@i (khác|khác nhau) [...] => what is the difference between the pictures
<this> là {x} hay {y} => is it a {x} or a {y}
(có phải|phải chăng) <this> là {x} không => is this a {x}
<this> (có phải là|có phải|phải là|là) {x} (không|phải không|đúng không) => is this a {x}
(đây|đó|con|@p)? (là)? (loại|kiểu|giống|thể loại) {x} (gì|nào) [(đây|này)] => what {x} is this
(đây|đó) là (loại)? {x} (gì|nào) => what {x} is this
(đây|đó) là (con|cái|thứ|quả|món) gì => what is this
(con|món|quả|loại) {x} (gì|nào) [(đây|này|@p)] => what {x} is this
(cái gì|gì) đây|(đây|đó|cái này|nó|<this>) là (gì|cái gì|con gì) => what is this
{x} (này|đó)? là (con|cái|thứ|loại) gì => what is this
{x} (đang)? (cưỡi|lái|ngồi trên|đứng trên|đi) [(là)] (gì|trên gì|cái gì) => what is the {x} riding
{x} (đang)? (cầm|mang|ôm|giữ|ăn|sử dụng|dùng) [(là)] (gì|cái gì) => what is the {x} holding
{x} (đang)? (mặc|đội|đeo) [(là)] (gì|cái gì) => what is the {x} wearing
{x} (này|đó)? (đang)? làm gì => what is the {x} doing
(có phải)? trời (đang)? (có)? (nhiều mây|âm u) [không] => is it cloudy
(có phải)? trời (đang)? (có)? mưa [không] => is it raining
(có phải)? trời (đang)? (có)? nắng [không] => is it sunny
(có phải)? trời (đang)? (có)? tuyết [không] => is it snowing
thời tiết [...] => what is the weather
(tại sao|vì sao) ... => why is that
(đây|đó|@i|cảnh)? (là|ở)? (trong nhà hay ngoài trời) => is it indoors or outdoors
(đây|đó|@i) (có phải)? (là|ở)? trong nhà [không] => is it indoors
(đây|đó|@i) (có phải)? (là|ở)? ngoài trời [không] => is it outdoors
(có phải là|có phải)? [@p] có {x} [nào] [@p] [(ở đó|ở đây)] (không|hay không) [@p] => is there a {x}
có {x} (không|hay không) => is there a {x}
(có phải|phải chăng)? {xq} (không|phải không|đúng không) => is the {x} {q}
{x} (có phải|có) {q} không => is the {x} {q}
{x} (có phải là|có phải|có|là|phải là) {q} không => is the {x} {q}
(bạn)? (có)? (thấy|nhìn thấy) {x} [nào] [@p] không => is there a {x}
(ai) (đây|đó|kia)|người (này|đó) là ai|đây là ai => who is this
""",
)
