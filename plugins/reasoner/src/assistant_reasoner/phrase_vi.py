"""What the reasoner says, in Vietnamese. Data only: see tongue.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.tongue import Tongue, rows

VIETNAMESE: Final = Tongue(
    code="vi",
    name="tiếng Việt",
    repairs=((r" +([,.;:!?])(?!\.)", r"\1"),),
    listing=(", ", " và "),
    decimal=",",
    forms={
        "bare": "{n} {c}",
        "many": "{n} {c}",
        "a": "một {l} {n} {c}",
        "nom": "một {l} {n} {c}",
        "the": "{l} {n} {c}",
        "no": "{l} {n} {c} nào",
        "count": "{k} {l} {n} {c}",
        "one": "1 {l} {n} {c}",
    },
    colors=rows(
        """
red = màu đỏ
orange = màu cam
yellow = màu vàng
green = màu xanh lá cây
blue = màu xanh dương
purple = màu tím
pink = màu hồng
brown = màu nâu
black = màu đen
white = màu trắng
gray = màu xám
teal = màu xanh ngọc
beige = màu be
"""
    ),
    places=rows(
        """
top left = ở phía trên bên trái
top = ở phía trên
top right = ở phía trên bên phải
left = ở bên trái
centre = ở giữa
right = ở bên phải
bottom left = ở phía dưới bên trái
bottom = ở phía dưới
bottom right = ở phía dưới bên phải
foreground = ở phía trước
background = ở phía sau
whole picture = trên gần hết bức ảnh
"""
    ),
    relations=rows(
        """
left_of = ở bên trái {x}
right_of = ở bên phải {x}
above = ở phía trên {x}
below = ở dưới {x}
inside = ở trong {x}
on = ở trên {x}
next_to = ở cạnh {x}
touching = chạm vào {x}
far_from = ở xa {x}
in_front = ở trước {x}
behind = ở sau {x}
bigger = lớn hơn {x}
edge = ở mép {x}
middle = ở giữa {x}
surrounding = quanh {x}
contains = quanh {x}
outside = ở ngoài {x}
part_of = là một phần của {x}
has_part = gồm {x}
across = đối diện {x}
attached = gắn với {x}
apart = tách khỏi {x}
between = giữa {x}
unjudged = có quan hệ đó với {x}
"""
    ),
    words=rows(
        """
surfing = lướt sóng
skateboarding = trượt ván
skiing = trượt tuyết
snowboarding = trượt tuyết
playing tennis = chơi quần vợt
playing baseball = chơi bóng chày
playing frisbee = chơi đĩa bay
flying kite = thả diều
riding = cưỡi
eating = ăn
talking on phone = nói chuyện điện thoại
working = làm việc
reading = đọc sách
walking = đi bộ
standing = đứng
sitting = ngồi
Yes = Có
Probably = Có lẽ có
No = Không
Probably not = Có lẽ không
yes = đúng
no = không
true = đúng
false = sai
none = không có
indoors = trong nhà
outdoors = ngoài trời
positive = tích cực
negative = tiêu cực
neutral = trung tính
mixed = lẫn lộn
once = 1 lần
times = {k} lần
at = lúc {time}
frame = (khung hình {time})
picture = bức ảnh
video = video
recording = bản ghi âm
picture_n = ảnh {k}
video_n = video {k}
recording_n = bản ghi âm {k}
nearer = gần hơn
farther = xa hơn
brighter = sáng hơn
darker = tối hơn
sharper = nét hơn
bigger = lớn hơn
smaller = nhỏ hơn
supported = phù hợp
contradicted = không phù hợp
unclear = không thể biết
the speaker = người nói
the text = văn bản
the face = khuôn mặt
"""
    ),
    languages=rows(
        """
en = tiếng Anh
de = tiếng Đức
fr = tiếng Pháp
es = tiếng Tây Ban Nha
it = tiếng Ý
zh = tiếng Trung
yue = tiếng Quảng Đông
ja = tiếng Nhật
ko = tiếng Hàn
ru = tiếng Nga
pt = tiếng Bồ Đào Nha
vi = tiếng Việt
"""
    ),
    kinds=rows(
        """
object = các đồ vật
label = nội dung của cả bức ảnh
shape = các hình
text_line = chữ viết
color = màu sắc
face = khuôn mặt
transcript = lời nói
transcript_segment = lời nói
sentiment = cảm xúc
image_facts = kích thước và độ nét
video_facts = thời lượng
language = ngôn ngữ
caption = mô tả
keyword = từ khóa
no_speech = có ai nói hay không
"""
    ),
    sentences=rows(
        """
concept_yes_zero-shot = {lead:word}: tôi không tìm trực tiếp {things}, nhưng cả bức ảnh trông như có (chắc {sure}).
concept_no_zero-shot = {lead:word}: tôi không tìm trực tiếp {things}, nhưng cả bức ảnh trông như không có (chắc
    {sure}).
concept_yes_company = {lead:word}: tôi không tìm trực tiếp {things}, nhưng nó thường đi cùng những gì tôi thấy (chắc
    {sure}).
concept_no_company = {lead:word}: tôi không tìm trực tiếp {things}, nhưng nó hiếm khi đi cùng những gì tôi thấy (chắc
    {sure}).
concept_yes_seen = {lead:word}: những gì tôi nhận thấy cho thấy có {things} (chắc {sure}).
concept_no_seen = {lead:word}: tôi đã nhìn, những gì tôi nhận thấy cho thấy không có {things} (chắc {sure}).
concept_doubt = những gì tôi nhận thấy không cho biết có {things} hay không
guess = Tôi đoán là {short}, {sure}.
guess_blind = Đoán mò thì tôi sẽ nói {short}, {sure}.
has_color_all_yes = Đúng, cả {count} đều là {color} (chắc {sure}).
has_color_all_no = Không, {count} trong số {total} không phải {color} (chắc {sure}).
stands_doubt = các khung không cho biết điều đó
gray_yes = Đây là ảnh đen trắng.
gray_no = Đây là ảnh màu.
pictures_yes = Đúng, theo những gì tôi thấy (chắc {sure}).
pictures_no = Không, theo những gì tôi thấy (chắc {sure}).
value = Cạnh {name} viết {value}.
value_alone = Trên đó viết {value}.
value_others = Cách đọc khác: {list}.
said_at = Lúc đó tôi nghe thấy: {list}.
said_at_none = Lúc đó tôi không nghe thấy ai nói.
said_nearest = Gần nhất: {list}.
said_numbers = Tôi nghe thấy các số: {list}.
said_names = Tôi nghe thấy các tên: {list}.
said_prices = Tôi nghe thấy các giá: {list}.
said_dates = Tôi nghe thấy các ngày giờ: {list}.
said_found_none = Tôi không nghe thấy gì như vậy.
said_related = Có lẽ có, nói cách khác: {list} (chắc {sure}).
said_after = Sau {topic} tôi nghe thấy: {list}.
said_before = Trước {topic} tôi nghe thấy: {list}.
said_while = Trong khi thấy {thing:the}, tôi nghe thấy: {list}.
said_while_none = Trong khi thấy {thing:the}, tôi không nghe thấy ai nói.
language_no = Không, nghe giống {language} (chắc {sure}).
language_yes = Đúng, đó là {language} (chắc {sure}).
compare_which = {name}: {why}.
compare_none = Không có trong ảnh nào: tôi không thấy {no_thing}.
compare_equal = Về điều đó chúng như nhau.
video_seen = Tôi thấy {thing} trong {count} trên {total} khung hình, đầu tiên lúc {first}, cuối cùng lúc {last} (chắc
    {sure}).
video_enters = Xuất hiện trong khoảng từ {low} đến {high}.
video_leaves = Biến mất trong khoảng từ {low} đến {high}.
video_start = Khung hình đầu tiên đã có.
video_end = Khung hình cuối cùng vẫn còn.
video_lasts = Thấy được ít nhất {least} và nhiều nhất {most}.
video_most = Nhiều nhất {things} cùng lúc, {where} (chắc {sure}).
video_shows = {time}: tôi thấy {list}
video_says = {time}: tôi nghe thấy {text}
video_new = Mới ở cuối: {list}.
video_gone = Không còn ở cuối: {list}.
video_same = Giữa đầu và cuối tôi không thấy thay đổi.
agree_yes = Đúng, theo những gì tôi kiểm tra được thì phù hợp (chắc {sure}).
agree_no = Không, không phù hợp (chắc {sure}).
agree_unclear = Tôi không thể kiểm tra điều đó.
agree_supported = {claim}: phù hợp, tôi thấy {seen}.
agree_contradicted = {claim}: không phù hợp, tôi thấy {seen}.
agree_unknown = {claim}: không thể biết.
about_which = {name} phù hợp nhất (chắc {sure}): {list}.
about_which_none = Không ảnh nào rõ ràng phù hợp với lời nói.
no_such_picture = Không có ảnh số {index}; tôi có {count}.
sound_only = Tôi nhận ra lời nói, không nhận ra âm thanh khác.
closest_heard = Đoạn gần nhất tôi nghe được: {text} ({time}).
closest_read = Đoạn gần nhất tôi đọc được: {text} ({where}).
closest_sure = Tôi trích dẫn vì nó nói về cùng một điều; chắc {sure} là nó trả lời bạn.
acknowledge = Được rồi.
mood = Tôi khỏe, cảm ơn.
unasked = Tôi chưa nói gì với bạn.
nothing_perceived = Tôi không nhận thấy gì trong những gì bạn gửi: {reason}.
yes_one = Có, tôi thấy {thing} {where} (chắc {sure}).
yes_many = Có, tôi thấy {things}; rõ nhất {where} (chắc {sure}).
yes_seen = Có, tôi thấy {things} (chắc {sure}).
probably_one = Có lẽ có: một vật {where} trông giống {thing}, nhưng tôi chỉ chắc {sure}.
yes_label = Có lẽ có: cả bức ảnh trông giống {label} ({sure}).
follows_yes = Có lẽ có: tôi không nhận ra trực tiếp {things}, nhưng đây trông giống {place:bare}: tôi thấy {seen}.
follows_no = Có lẽ không: tôi không nhận ra trực tiếp {things}, nhưng đây trông giống {place:bare}: tôi thấy {seen}.
yes_text = Có, dưới dạng chữ: {text}.
no = Không, tôi không thấy {no_thing}.
no_sure = Tôi chắc khoảng {sure}: vật nhỏ tôi có thể bỏ sót.
no_shape = Không, trong các hình vẽ tôi không thấy {no_thing}.
no_almost = Gần nhất là {thing} {where}, chỉ {sure}.
not_color = Tôi có thấy {things}, nhưng là {color}.
true_none = Đúng, tôi không thấy {no_thing}.
no_but = Không, có: tôi thấy {thing} {where} (chắc {sure}).
number_yes = Đúng, tôi đếm được {things}.
number_no = Không, tôi đếm được {things}.
count_one = Tôi đếm được {thing:one}, {where} (chắc {sure}).
count_many = Tôi đếm được {things} (chắc {sure}).
count_least = Tôi đếm được ít nhất {things} (chắc {sure}); khó nói con số chính xác.
count_none = 0: tôi không thấy {no_thing} (chắc {sure}).
count_possible = Có thể còn {more} nữa mà tôi không chắc.
count_crowd = Khi đông tôi có thể bỏ sót, nên đây là con số tối thiểu.
count_total = Tổng cộng: {things}.
placed = Vị trí: {places}.
color = {thing:the}: {color} (chắc {sure}).
color_mixed = {thing:the}: chủ yếu {color}, có chút {others} (chắc {sure}).
colors_each = Tôi thấy {list}.
colors_picture = Các màu chính là: {list}.
has_color_yes = Đúng, {thing:the}: {color} (chắc {sure}).
has_color_no = Không, {thing:the} trông là {actual}, không phải {color} (chắc {sure}).
where_one = {thing:the} {where} (chắc {sure}).
where_many = Tôi thấy {things}: {places}.
in_region_yes = Đúng, {thing:the} {where} (chắc {sure}).
in_region_no = Không, {thing:the} {where} (chắc {sure}).
stands_yes = Đúng, theo các khung, {subject:the} {relation:anchor} (chắc {sure}).
stands_no = Không, theo các khung, {subject:the} không {relation:anchor} (chắc {sure}).
stands_at = {subject:the} {first}, {anchor:the} {second}.
unjudged_relation = các khung không cho thấy quan hệ đó
related_none = Ở đó tôi không nhận ra gì.
what = Trông giống {thing} (chắc {sure}).
what_list = Tôi thấy {list}.
what_label = Có thể là {thing} ({sure}); tôi không chắc.
what_closer = Cụ thể hơn, trông giống {label} ({sure}).
what_kind_only = Tôi nhận ra {thing}, nhưng không biết loại nào.
is_a_yes = Đúng, trông giống {thing} (chắc {sure}).
is_a_no = Không, trông giống {actual} hơn là {thing} (chắc {sure}).
region_none = Tôi không nhận ra gì {where}.
describe = {caption}
describe_in = {name}: {caption}
describe_video = Video cho thấy {list}.
describe_reads = Chữ là: {text}.
describe_nothing = Tôi không nhận ra gì trong {name}.
place = Trông giống {place:bare} (chắc {sure}): tôi thấy {list}.
place_hint = Có thể là {place:bare}, nhưng tôi chỉ chắc {sure}: tôi thấy {list}.
place_yes = Đúng, trông giống {place:bare} (chắc {sure}): tôi thấy {list}.
place_no = Không, trông giống {actual:bare} hơn là {place:bare} (chắc {sure}): tôi thấy {list}.
read = Trên đó viết: {text}.
read_on = Trên {holder:the} viết: {text}.
read_sure = Tôi chắc {sure} về cách đọc.
read_none = Tôi không tìm thấy chữ trong {name}.
read_yes = Có chữ: {text}.
read_word_yes = Có, tôi đọc thấy {text} {where} (chắc {sure}).
read_word_no = Không, ở đó không có {text}. Tôi đọc thấy {read}.
read_word_none = Không, tôi không tìm thấy chữ trong {name}, nên cũng không có {text}.
read_numbers = Tôi đọc thấy số {text} (chắc {sure}).
read_no_numbers = Tôi không đọc thấy số nào.
size = Kích thước là {width} x {height} điểm ảnh.
video_length = Video dài {seconds}.
said = Tôi nghe thấy: {text}.
said_in = Trong {name} tôi nghe thấy: {text}.
said_language = Đó là {language} (chắc {sure}).
said_sure = Tôi chắc {sure} về các từ.
said_none = Tôi không nghe thấy ai nói trong {name}.
said_about = Về {topic}, họ nói: {list}
said_about_none = Tôi không nghe thấy gì về {topic}.
said_yes = Có, {topic} được nhắc đến {count}: {list}
said_no = Không, tôi không nghe thấy {topic}.
said_when = {topic} được nói {times}.
said_when_in = Câu nói: {text}.
said_times = {topic} được nói {count}.
said_speech_yes = Có người nói: {text}.
said_speech_no = Không có ai nói.
said_length = {name} dài {seconds}.
said_first = Những lời đầu tiên là {text} ({time}).
said_last = Những lời cuối cùng là {text} ({time}).
said_summary = Tóm lại: {list}.
language = Đó là {language} (chắc {sure}).
speakers_one = Tôi chỉ nghe thấy một người nói (chắc {sure}).
speaker_says = Giọng {k} ({time}): {text}
voices_apart = Tôi phân biệt được {count} giọng nói nhưng không biết là của ai (chắc {sure}).
turns_more = Phần còn lại từ {time} được lược bỏ (số lượt nói: {count}).
who_speaks = Tôi không biết ai đang nói: tôi nhận ra từ ngữ, không nhận ra giọng nói.
feels = {subject:word} nghe có vẻ {feeling} (chắc {sure}).
feels_yes = Đúng, nghe có vẻ {feeling} (chắc {sure}).
feels_no = Không, nghe có vẻ {feeling} (chắc {sure}).
feels_words_only = Chỉ xét từ ngữ, không xét giọng nói hay khuôn mặt.
compare_only = Chỉ có trong {name}: {list}.
compare_both = Có trong cả hai: {list}.
compare_count = {name}: {list}.
compare_light = {name} {word:word} {other}.
compare_need_two = Để so sánh tôi cần hai bức ảnh; tôi có {count}.
shared_none = Trong những gì tôi nhận ra, không có thứ nào như vậy.
compare_alike = Tôi không thấy khác biệt trong những gì tôi nhận ra.
compare_differ = Không, chúng khác nhau.
choose = {option:thing}: {why}
choose_guess = Trong số đó, {option:thing} phù hợp nhất, nhưng tôi chỉ chắc {sure}.
appears_note = Tôi đã xem {count} khung hình; thời điểm chính xác có thể nằm giữa chúng.
cannot = Tôi không thể biết từ những gì tôi nhận thấy: {reason}.
cannot_see = Tôi không thể biết có {thing} hay không: {reason}.
unknown_class = không plugin nào đã cài nhận ra {things} trong ảnh
not_found = tôi không tìm thấy {no_thing} trong {name}
no_plugin = không có plugin nào cung cấp: {what}
not_perceived = không nhận thấy trong {name}: {what}
do_see = Những gì tôi thấy: {caption}
no_picture = Chưa có bức ảnh nào. Hãy gửi một ảnh (JPEG, PNG, WebP, ...) rồi hỏi lại.
no_recording = Chưa có bản ghi âm nào. Hãy gửi một tin nhắn thoại hoặc tệp âm thanh rồi hỏi lại.
no_video = Chưa có video nào. Hãy gửi một video rồi hỏi lại.
who = Tôi không biết đó là ai: tôi nhận ra có người, không nhận ra là ai.
activity = Tôi nhận ra đồ vật, không nhận ra hành động, nên không biết đang làm gì.
why = Tôi không biết tại sao: tôi chỉ nhận thấy những gì có ở đó.
age = Tôi không đoán được tuổi.
gender = Tôi không biết là nam hay nữ.
weather = Tôi không đánh giá được thời tiết.
time = Tôi không biết thời gian hay mùa từ một bức ảnh.
price = Tôi không biết giá, trừ khi được viết trong ảnh.
feeling = Tôi không đánh giá được tâm trạng từ một bức ảnh.
emotion = Tôi không đọc được cảm xúc trên khuôn mặt.
unknown = Tôi không hiểu đó là câu hỏi về những gì bạn đã gửi.
world = Tôi chỉ trả lời về những gì bạn gửi cho tôi.
voice_message = tin nhắn thoại
remark = Nếu đó là câu hỏi thì tôi chưa hiểu.
greeting = Xin chào! Hãy gửi cho tôi một bức ảnh, tin nhắn thoại hoặc video rồi hỏi tôi.
greeting_files = Xin chào! Hãy hỏi tôi về những gì bạn đã gửi.
greeting_again = Xin chào! Hãy hỏi tôi về những gì bạn đã gửi.
thanks = Không có gì!
goodbye = Tạm biệt!
identity = Tôi là Sensorium, một chương trình nhận biết những gì bạn gửi và trả lời kèm bằng chứng. Tôi không phải là
    người.
capabilities = Tôi trả lời câu hỏi về những gì bạn gửi, theo những gì tôi nhận thấy, kèm bằng chứng.
can_ask = Ví dụ: “Trong ảnh có gì?”, “Có bao nhiêu người?”, “Xe màu gì?”, “Trên đó viết gì?”, “Họ nói gì?”
evidence = Tôi dựa vào: {list}.
evidence_sure = Nhìn chung tôi chắc {sure}.
evidence_none = Tôi không nhận thấy gì cho thấy điều đó.
pictures = Bạn đã gửi {list}.
agree_reads = {claim}: cũng được viết trên đó, {seen}.
alike_yes = Đúng, cả hai cùng {color}: {first:the} và {second:the} (chắc {sure}).
alike_no = Không, {first:the} {color}, {second:the} {other} (chắc {sure}).
appears = {thing:the} xuất hiện {times} (chắc {sure}).
attached_text = Bạn đã gửi một văn bản. Hãy hỏi tôi về nó.
blame = Tôi có thể sai: câu trả lời của tôi chỉ dựa vào những gì tôi nhận thấy.
praise = Cảm ơn! Mọi điều tôi nói đều có thể kiểm tra bằng bằng chứng kèm theo.
missed = Những gì tôi không nhận thấy được: {list}.
blurred_no = Không, ảnh trông đủ nét (độ nét {value}/100).
blurred_yes = Đúng, ảnh trông mờ (độ nét {value}/100).
sharp_yes = Đúng, ảnh trông nét (độ nét {value}/100).
sharp_no = Không, ảnh trông mờ (độ nét {value}/100).
brightness = Độ sáng trung bình là {value}/100.
orientation = {width} x {height} điểm ảnh.
class_only = Tôi nhận ra {name}, nhưng không biết có đúng là “{words}” không.
people_only = Tôi nhận ra có người, nhưng không biết có phải “{words}” không.
unjudged = Có đúng là {words} hay không thì tôi không đánh giá được.
closest_somewhere = trong ảnh
color_worn = Tôi không tách riêng được món đồ mặc đó; các màu chính là: {list}.
wearing = Tôi không phân biệt được quần áo.
material = Tôi không đánh giá được chất liệu.
cannot_much = Hiện chưa cài plugin nào nhận biết hình ảnh hay âm thanh.
choose_nothing = không có gì tôi nhận thấy ủng hộ một trong các lựa chọn: {list}
choose_doubt = không có gì tôi nhận thấy ủng hộ rõ một trong các lựa chọn: {list}
compare_same_bytes = Đó đúng là cùng một bức ảnh.
depth = {thing:the} trông {how:word} (chắc {sure}): tôi xét theo kích thước và độ cao trong ảnh.
nearer = Trong ảnh, {subject:the} gần {thing:the} hơn (chắc {sure}).
place_nothing = tôi không thấy gì đặc trưng cho một nơi chốn
extreme = Trong ảnh là {thing:the}: {share} bức ảnh, so với {others} (chắc {sure}).
extreme_equal = Trong ảnh trông như nhau (chắc {sure}).
extreme_note = Đó là kích thước trong ảnh, không phải kích thước thật.
drawn_yes = Đúng, phù hợp với hình vẽ; tôi dựa vào: {list}.
drawn_no = Không, không phù hợp với hình vẽ; tôi dựa vào: {list}.
drawn_none = {verdict}: không có gì khác trong hình vẽ liên quan; tôi thấy {list}.
drawn_unread = tôi chưa hiểu hết câu nói về hình vẽ
feels_because = Đây là đánh giá chung từ lời nói, giọng nói và khuôn mặt, tùy những gì có được.
feels_quote = Đoạn rõ nhất: {text} ({feeling}).
pictures_doubt = những gì tôi thấy trong các ảnh không cho biết điều đó
quality = Độ nét {sharpness}, độ sáng {brightness}, độ tương phản {contrast} trên 100.
read_after = Sau {line} là {text}.
read_before = Trước {line} là {text}.
read_brand = Tên nổi bật là {text}.
read_lines = Tôi đọc được {count}.
read_title = Chữ lớn nhất là: {text}.
read_nth = Ở đó viết {text}.
read_no_line = tôi không đọc thấy {text} ở đâu cả
read_too_few = tôi chỉ đọc được {count}
said_after_none = Lúc đó không có lời nào khác.
said_longer = {name} có nhiều lời nói hơn: {seconds}, so với {others}.
said_one_speaker = Trong một bản ghi âm tôi không phân biệt được các giọng nói.
said_quote = {text} ({time})
same_place_yes = Có lẽ cùng một loại nơi: {place:bare} (chắc {sure}). Có đúng là cùng một nơi không thì tôi không
    biết.
same_place_no = Có lẽ không: {name} trông giống {place:bare}, {other} giống {second:bare} hơn (chắc {sure}).
unknown_hint = Ví dụ bạn có thể hỏi: trong ảnh có gì, có bao nhiêu con chó, xe màu gì, trên đó viết gì, hoặc họ nói
    gì.
value_none = tôi không đọc thấy gì như vậy ({what}{name})
value_price = giá
value_time = giờ
value_date = ngày
value_phone = số điện thoại
value_email = địa chỉ e-mail
value_url = địa chỉ web
value_percent = phần trăm
value_number = số
value_address = địa chỉ
value_text = văn bản
value_any = giá trị
where_beside = Vị trí: {relation:other}.
asked_many = {what}: {list}, chắc {sure}.
asked_yes = Có: {list}, chắc {sure}.
asked_no = Không: {list}, chắc {sure}.
asked_count = {count}: {list}, chắc {sure}.
asked_none = Đã tìm nhưng không thấy gì ({what}, {where}).
example = Tôi giữ điều đó làm ví dụ cho những bộ trả lời học từ ví dụ, như mô hình ngôn ngữ; câu trả lời của tôi thì tôi
    tự tính ra.
"""
    ),
)
